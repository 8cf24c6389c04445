using P2PNode.Core;
using P2PNode.Files;
using P2PNode.Tests.Testing;

namespace P2PNode.Tests.Files;

/// <summary>What changes in a node's space while it runs and while it does not.</summary>
public sealed class OwnFilesChangesTests : IDisposable
{
    private static readonly DateTime Old = new(2020, 2, 3, 4, 5, 6, DateTimeKind.Utc);

    private readonly TemporaryFolder _space = new();

    public void Dispose() => _space.Dispose();

    [Fact]
    public async Task A_file_that_is_renamed_into_place_is_offered_before_one_that_may_still_be_written()
    {
        await using var run = new OwnFilesRun(_space.Path);
        await run.UntilScannedAsync();
        _space.Write("new.tmp", "whole");
        _space.Write("in-place", "perhaps whole");
        File.Move(_space["new.tmp"], _space["new.txt"]);
        await run.UntilOfferedAsync("in-place", "new.txt");

        Assert.Equal(["new.txt", "in-place"], run.Published.Select(entry => entry.Path.Value));
    }

    [Fact]
    public async Task A_file_that_is_written_in_place_is_offered_once_with_its_last_content()
    {
        await using var run = new OwnFilesRun(_space.Path);
        await run.UntilScannedAsync();
        _space.Write("log", "first");
        _space.Write("log", "first and second");
        await run.UntilOfferedAsync("log");

        Assert.Equal(ContentHasher.Of("first and second"u8), Assert.Single(run.Published).Root);
    }

    [Fact]
    public async Task Changes_and_deletions_are_noticed_while_the_node_runs()
    {
        _space.Write("kept", "old", Old);
        _space.Write("folder/gone", "x", Old);
        await using var run = new OwnFilesRun(_space.Path);
        await run.UntilScannedAsync();

        _space.Write("kept", "new!", Old.AddDays(1));
        Directory.Delete(_space["folder"], recursive: true);
        await run.UntilOfferedAsync("kept");
        await run.UntilAsync(() => run.Published.Any(entry => entry.Root == ContentHasher.Of("new!"u8)));
    }

    [Fact]
    public async Task A_folder_that_is_moved_is_withdrawn_at_its_old_place_and_offered_at_its_new_one()
    {
        _space.Write("old/deep/a", "a", Old);
        _space.Write("old/b", "b", Old);
        await using var run = new OwnFilesRun(_space.Path);
        await run.UntilScannedAsync();

        Directory.Move(_space["old"], _space["new"]);

        await run.UntilOfferedAsync("new/b", "new/deep/a");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_and_a_folder_can_take_each_others_place(bool runs)
    {
        _space.Write("becomes file/a", "a", Old);
        _space.Write("becomes file/b/c", "c", Old);
        _space.Write("becomes folder", "x", Old);
        _space.Write("new file", "y", Old);
        _space.Write("new folder/d/e", "e", Old);
        var first = new OwnFilesRun(_space.Path);
        await first.UntilScannedAsync();
        if (!runs)
            await first.DisposeAsync();

        Directory.Delete(_space["becomes file"], recursive: true);
        File.Move(_space["new file"], _space["becomes file"]);
        File.Delete(_space["becomes folder"]);
        Directory.Move(_space["new folder"], _space["becomes folder"]);

        await using var run = runs ? first : new OwnFilesRun(_space.Path);
        await run.UntilOfferedAsync("becomes file", "becomes folder/d/e");
    }

    [Fact]
    public async Task A_restart_publishes_nothing_where_nothing_changed()
    {
        _space.Write("a", "a", Old);
        _space.Write("b/c", "c", Old);
        Directory.CreateDirectory(_space["empty"]);
        await using (var first = new OwnFilesRun(_space.Path))
            await first.UntilOfferedAsync("a", "b/c", "empty");

        await using var second = new OwnFilesRun(_space.Path);
        await second.UntilScannedAsync();

        Assert.Equal(3, second.Known.Length);
        Assert.Empty(second.Published);
    }

    [Fact]
    public async Task A_restart_publishes_what_changed_meanwhile_under_new_numbers()
    {
        _space.Write("changed", "old", Old);
        _space.Write("gone", "x", Old);
        await using (var first = new OwnFilesRun(_space.Path))
            await first.UntilScannedAsync();
        _space.Write("changed", "new", Old.AddSeconds(1));
        File.Delete(_space["gone"]);

        await using var second = new OwnFilesRun(_space.Path);
        await second.UntilScannedAsync();

        Assert.Equal(["changed"], second.Offered.Keys);
        Assert.Equal([3, 4], second.Published.Select(entry => entry.Seq));
    }

    [Fact]
    public async Task A_changed_mode_is_published_without_a_changed_root()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no file modes.");
            return;
        }

        var path = _space.Write("tool", "x", Old);
        await using var run = new OwnFilesRun(_space.Path);
        await run.UntilScannedAsync();

        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        await run.UntilAsync(() => run.Published.Any(entry => entry.Executable));

        Assert.Equal(2, run.Published.Count());
    }

    [Fact]
    public async Task A_change_of_bytes_alone_is_noticed_though_the_time_was_set_back()
    {
        var path = _space.Write("a", "before", Old);
        await using var run = new OwnFilesRun(_space.Path);
        await run.UntilScannedAsync();

        InPlace.Overwrite(path, "after!");

        await run.UntilAsync(() => run.Published.Last().Root == ContentHasher.Of("after!"u8));
        Assert.Equal(Old.Ticks, run.Published.Last().MtimeTicks);
    }

    [Fact]
    public async Task A_change_of_bytes_alone_is_noticed_after_a_restart()
    {
        var path = _space.Write("a", "before", Old);
        await using (var first = new OwnFilesRun(_space.Path))
            await first.UntilScannedAsync();

        InPlace.Overwrite(path, "after!");
        await using var run = new OwnFilesRun(_space.Path);

        await run.UntilAsync(() => run.Published.Any(entry => entry.Root == ContentHasher.Of("after!"u8)));
    }

    [Fact]
    public async Task A_file_that_was_touched_without_a_change_is_hashed_once_and_not_told()
    {
        var path = _space.Write("a", "x", Old);
        await using var run = new OwnFilesRun(_space.Path);
        await run.UntilScannedAsync();

        InPlace.Touch(path);
        run.Files.Rescan();
        await run.UntilScannedAsync(2);

        await Eventually.HoldsAsync(() => run.Listing.Find("a")!.Value.Has(FileStatus.Of(path).Stamp, executable: false), "its new stamp is listed");
        Assert.Single(run.Published);
    }
}
