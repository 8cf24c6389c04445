using FsCheck;
using FsCheck.Fluent;
using P2PNode.Files;

namespace P2PNode.Tests.Files;

public sealed class RecordLogTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();

    private string LogPath => _temporary["log"];

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void Records_are_read_back_in_order() =>
        Prop.ForAll(Records, records =>
        {
            Write(records);
            return Read(out var loss).SequenceEqual(records, ByteArrays) && !loss.Any;
        }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true));

    [Fact]
    public void No_link_leads_a_log_elsewhere()
    {
        var theirs = _temporary.Write("theirs", "not ours");
        File.CreateSymbolicLink(LogPath, theirs);
        var e = Assert.Throws<IOException>(() => Read(out _));
        Assert.Equal($"{LogPath} is a symbolic link, where a file should be; move it away.", e.Message);

        File.Delete(LogPath);
        File.CreateSymbolicLink(LogPath + ".new", theirs);
        using (var log = RecordLog.Open(LogPath, _ => { }, out _))
            log.Rewrite(fresh => fresh.Append([1]));
        Assert.Equal("not ours", File.ReadAllText(theirs));
        Assert.Equal([[1]], Read(out _));
    }

    [Fact]
    public void A_log_cut_at_any_byte_keeps_all_records_before_the_cut()
    {
        byte[][] records = [[1], [2, 2], new byte[300], [0, 0, 0, 0], [5, 5, 5, 5, 5]];
        Write(records);
        var whole = File.ReadAllBytes(LogPath);
        for (var length = 0; length <= whole.Length; length++)
        {
            File.WriteAllBytes(LogPath, whole[..length]);
            var kept = Ends(records).Count(end => end <= length);

            Assert.Equal(records.Take(kept), Read(out var loss));
            Assert.Equal(new RecordLoss(length - Ends(records).Prepend(0).Last(end => end <= length), 0), loss);
        }
    }

    [Fact]
    public void A_flipped_bit_costs_no_more_than_the_record_that_it_hit()
    {
        byte[][] records = [[1], [2, 2], [0, 0, 0, 0], [5, 5, 5, 5, 5]];
        Write(records);
        var whole = File.ReadAllBytes(LogPath);
        for (var bit = 0; bit < whole.Length * 8; bit++)
        {
            var hit = Ends(records).TakeWhile(end => end <= bit / 8).Count();
            var damaged = (byte[])whole.Clone();
            damaged[bit / 8] ^= (byte)(1 << bit % 8);
            File.WriteAllBytes(LogPath, damaged);

            Assert.Equal(records.Where((_, index) => index != hit), Read(out var loss));
            Assert.True(hit == records.Length - 1 ? loss is { TornBytes: > 0, LostBytes: 0 } : loss is { TornBytes: 0, LostBytes: > 0 });
        }
    }

    [Fact]
    public void A_log_of_rubbish_is_read_as_empty_and_can_be_written() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), rubbish =>
        {
            File.WriteAllBytes(LogPath, rubbish);
            var found = Read(out var loss);
            using (var log = Open())
            {
                log.Append([7]);
                log.Flush();
            }

            return found.Count == 0 && loss.TornBytes == rubbish.Length && Read(out _).SequenceEqual([[7]], ByteArrays);
        }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true));

    [Fact]
    public void What_is_appended_after_a_torn_record_is_read_back()
    {
        Write([[1], [2, 2]]);
        File.WriteAllBytes(LogPath, File.ReadAllBytes(LogPath)[..^1]);
        using (var log = Open())
        {
            log.Append([3]);
            log.Sync();
        }

        Assert.Equal([[1], [3]], Read(out var loss));
        Assert.False(loss.Any);
    }

    [Fact]
    public void A_rewritten_log_holds_the_new_records_and_goes_on_from_them()
    {
        Write([[1], [2], [3]]);
        using (var log = Open())
        {
            log.Append([4]);
            log.Rewrite(fresh => fresh.Append([9]));
            log.Append([10]);
            log.Sync();
            Assert.Equal(2, log.Count);
        }

        Assert.Equal([[9], [10]], Read(out _));
    }

    [Fact]
    public void A_rewrite_that_fails_leaves_the_log_as_it_was()
    {
        Write([[1]]);
        using (var log = Open())
        {
            Assert.Throws<InvalidOperationException>(() => log.Rewrite(_ => throw new InvalidOperationException()));
            log.Append([2]);
            log.Flush();
        }

        Assert.Equal([[1], [2]], Read(out _));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(RecordLog.MaxRecord + 1)]
    public void A_record_beyond_the_limits_is_refused(int length)
    {
        using var log = Open();

        Assert.Throws<ArgumentException>(() => log.Append(new byte[length]));
    }

    private static Arbitrary<byte[][]> Records =>
        ArbMap.Default.ArbFor<byte[][]>().MapFilter(records => records, records => records.All(record => record.Length > 0));

    private static EqualityComparer<byte[]> ByteArrays =>
        EqualityComparer<byte[]>.Create((left, right) => left.AsSpan().SequenceEqual(right));

    private static IEnumerable<int> Ends(byte[][] records)
    {
        var end = 0;
        return records.Select(record => end += RecordFrame.HeaderSize + record.Length);
    }

    private void Write(byte[][] records)
    {
        File.Delete(LogPath);
        using var log = Open();
        foreach (var record in records)
            log.Append(record);
        log.Flush();
    }

    private RecordLog Open() => RecordLog.Open(LogPath, _ => { }, out _);

    private List<byte[]> Read(out RecordLoss loss)
    {
        var records = new List<byte[]>();
        using var log = RecordLog.Open(LogPath, record => records.Add(record.ToArray()), out loss);
        return records;
    }
}
