using P2PNode.Core;
using P2PNode.Files;
using P2PNode.Tests.Testing;

namespace P2PNode.Tests.Files;

/// <summary>Copies to which something was done that size, time and inode do not tell.</summary>
public sealed class CopyDoubtTests : IDisposable
{
    private static readonly NodeId Two = new(2);

    private readonly StoreUnderTest _test = new();

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task A_copy_that_was_damaged_and_has_its_time_back_is_missed()
    {
        await KeepAsync("whole", "damaged");
        InPlace.Overwrite(PathOf("damaged"), "DAMAGED");
        List<string> lost = [];
        _test.Store.Lost += (_, paths) => lost.AddRange(paths.Select(path => path.Value));

        _test.Store.Check(TestContext.Current.CancellationToken);

        Assert.Equal(["damaged"], lost);
        Assert.Equal(["whole"], Copies);
    }

    [Fact]
    public async Task A_copy_whose_mode_alone_was_changed_stays_one()
    {
        await KeepAsync("a");
        InPlace.Touch(PathOf("a"));
        _test.Store.Lost += (_, paths) => Assert.Fail("nothing is lost");

        _test.Store.Check(TestContext.Current.CancellationToken);
        _test.Restart();

        Assert.Equal(["a"], Copies);
        Assert.False(_test.Store.HasDoubts, "it is known to be whole, also after a restart");
    }

    [Fact]
    public async Task What_is_put_in_place_is_not_doubted()
    {
        await KeepAsync([.. Enumerable.Range(0, 20).Select(i => $"many/{i}"), "one"]);

        _test.Restart();

        Assert.False(_test.Store.HasDoubts);
        Assert.Equal(21, Copies.Count());
    }

    [Fact]
    public async Task A_damaged_copy_is_not_served()
    {
        await KeepAsync("damaged", "moved");
        InPlace.Overwrite(PathOf("damaged"), "DAMAGED");
        InPlace.Touch(PathOf("moved"));

        using var damaged = _test.Store.OpenCopy(Two, FilePath.Parse("damaged"));
        using var moved = _test.Store.OpenCopy(Two, FilePath.Parse("moved"));

        Assert.Null(damaged);
        Assert.NotNull(moved);
        Assert.Equal(["moved"], Copies);
    }

    [Fact]
    public async Task A_large_copy_is_read_beside_whoever_asks_for_it()
    {
        var content = new string('x', PieceLayer.LargeFrom);
        await _test.KeepAsync(Two, StoreUnderTest.Entry("large", content), content);
        using var stop = new CancellationTokenSource();
        var running = new CopyReview(_test.Store, new ManualClock()).RunAsync(stop.Token);
        InPlace.Touch(PathOf("large"));

        Assert.Null(_test.Store.OpenCopy(Two, FilePath.Parse("large")));

        await Eventually.HoldsAsync(
            () =>
            {
                using var again = _test.Store.OpenCopy(Two, FilePath.Parse("large"));
                return again is not null;
            },
            "the copy is found to be whole");
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task A_start_leaves_the_reading_to_the_review()
    {
        await KeepAsync("damaged");
        _test.Restart(meanwhile: () => InPlace.Overwrite(PathOf("damaged"), "DAMAGED"));
        Assert.Equal(["damaged"], Copies);
        using var stop = new CancellationTokenSource();

        var running = new CopyReview(_test.Store, new ManualClock()).RunAsync(stop.Token);

        await Eventually.HoldsAsync(() => !Copies.Any(), "the copy is missed");
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task A_damaged_copy_is_moved_out_of_the_way_and_not_overwritten()
    {
        await KeepAsync("a");
        InPlace.Overwrite(PathOf("a"), "A");

        await _test.KeepAsync(Two, StoreUnderTest.Entry("a", "newer"), "newer");

        Assert.Equal(["A"], _test.Trashed());
    }

    [Fact]
    public async Task A_copy_to_which_something_was_done_is_never_deleted_for_good()
    {
        await KeepAsync("discarded", "removed");
        InPlace.Overwrite(PathOf("discarded"), "DISCARDED");
        InPlace.Overwrite(PathOf("removed"), "REMOVED");

        _test.Store.Discard(Two, [FilePath.Parse("discarded")]);
        _test.Store.Remove(Two, [FilePath.Parse("removed")]);

        Assert.Equal("DISCARDED", _test.Content(Two, "discarded"));
        Assert.Equal(["REMOVED"], _test.Trashed());
    }

    [Fact]
    public async Task Rows_of_a_former_version_are_believed_once()
    {
        await KeepAsync("a");
        _test.Restart(meanwhile: () => ForgetCtimes(Path.Combine(_test.Folder.State, "copies.log")));
        Assert.Equal(["a"], Copies);
        Assert.False(_test.Store.HasDoubts);

        InPlace.Overwrite(PathOf("a"), "A");
        _test.Store.Check(TestContext.Current.CancellationToken);

        Assert.Empty(Copies);
    }

    /// <summary>Takes the last field off each row, which a former version did not write.</summary>
    private static void ForgetCtimes(string log)
    {
        List<byte[]> rows = [];
        RecordLog.Open(log, row => rows.Add(row.ToArray()), out _).Dispose();
        File.Delete(log);
        using var former = RecordLog.Open(log, _ => { }, out _);
        foreach (var row in rows)
            former.Append(row.AsSpan(0, row.Length - 9)); // A time of this century takes nine bytes.
        former.Flush();
    }

    private async Task KeepAsync(params string[] names)
    {
        foreach (var name in names)
            await _test.KeepAsync(Two, StoreUnderTest.Entry(name, name), name);
    }

    private IEnumerable<string> Copies => _test.Store.CopiesOf(Two).Select(copy => copy.Path.Value);

    private string PathOf(string name) => _test.Folder.CopyPath(Two, FilePath.Parse(name));
}
