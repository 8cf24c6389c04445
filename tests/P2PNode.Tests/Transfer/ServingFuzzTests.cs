using P2PNode.Protocol;
using P2PNode.Protocol.Messages;
using P2PNode.Transfer;

namespace P2PNode.Tests.Transfer;

/// <summary>Whatever a peer asks for: it breaks the rules, or its answer lies within what it asked for.</summary>
public sealed class ServingFuzzTests
{
    private const int Unit = ZeroRun.Unit;
    private const int Size = 40 * Unit + 77;

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public async Task Any_range_breaks_the_rules_or_is_answered_with_what_it_asked_for(int seed, bool sparse)
    {
        await using var link = await BulkLink.OpenAsync();
        var random = new Random(seed);
        var content = Write(link["a"], random, sparse);
        var all = link.WantAll("a", default);
        int served = 0, refused = 0;

        for (var i = 0; i < 2_000; i++)
        {
            var range = Mutate(all, random);
            if (!IsAllowed(range))
            {
                refused++;
                continue;
            }

            var pieces = await link.GetAsync(range);
            Assert.All(pieces, piece => Assert.Equal(range.Tag, piece.Tag));
            if (pieces[^1].Status is PieceStatus.Last or PieceStatus.LastZeros)
            {
                Assert.True(content.AsSpan((int)range.Offset, (int)range.Length).SequenceEqual(BulkLink.ContentOf(pieces)), $"{range}");
                served++;
            }
        }

        Assert.InRange(served, 200, 2_000);
        Assert.InRange(refused, 200, 2_000);
        Assert.False(link.Serving.IsCompleted);
        Assert.DoesNotContain(link.Log, line => line.StartsWith("Error", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_empty_range_within_the_hole_at_the_end_of_a_file_ends_the_link_alone()
    {
        await using var link = await BulkLink.OpenAsync();
        using (var file = File.OpenHandle(link["a"], FileMode.CreateNew, FileAccess.Write))
            RandomAccess.SetLength(file, 1 << 20);
        var range = link.WantAll("a", default);
        (range.Offset, range.Length) = (500_000, 0);

        await link.AskAsync(range);
        await link.Serving.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        Assert.Equal(["Warning: Closed a bulk link with node 7: it asked for nothing from within a file"], link.Log);
    }

    [Fact]
    public void A_file_of_less_than_nothing_has_no_range()
    {
        var range = new WantedRange { Owner = 2, Path = "a", Size = long.MinValue, Offset = 3, Length = 13 };

        Assert.Equal("it asked for a range that no file has", Assert.Throws<PeerException>(() => AskedRange.From(range)).Message);
    }

    private static byte[] Write(string path, Random random, bool sparse)
    {
        var content = new byte[Size];
        using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write);
        RandomAccess.SetLength(file, Size);
        for (var at = sparse ? random.Next(3 * Unit) : 0; at < Size - (sparse ? 9 * Unit : 0);)
        {
            var data = content.AsSpan(at, Math.Min(random.Next(1, 3 * Unit), Size - at));
            random.NextBytes(data);
            RandomAccess.Write(file, data, at);
            at += data.Length + (sparse ? random.Next(6 * Unit) : 0);
        }

        return content;
    }

    private static WantedRange Mutate(WantedRange all, Random random)
    {
        var range = all.Clone();
        range.Tag = (uint)random.Next();
        range.Offset = Number(random);
        range.Length = random.Next(3) == 0 ? Number(random) : random.NextInt64(Math.Max(1, Size - range.Offset));
        switch (random.Next(20))
        {
            case 0:
                range.Kind = (RangeKind)random.Next(3);
                break;
            case 1:
                range.Size = Number(random);
                break;
            case 2:
                range.MtimeTicks += random.Next(-1, 2);
                break;
        }

        return range;
    }

    /// <summary>Those at which something begins or ends come often.</summary>
    private static long Number(Random random) => random.Next(8) switch
    {
        0 => 0,
        1 => Size - random.Next(3),
        2 => random.Next(42) * Unit,
        3 => random.Next(42) * Unit + random.Next(-1, 2),
        4 => random.NextInt64(long.MinValue, long.MaxValue),
        _ => random.Next(Size),
    };

    private static bool IsAllowed(WantedRange range)
    {
        try
        {
            AskedRange.From(range);
            return true;
        }
        catch (PeerException)
        {
            return false;
        }
    }
}
