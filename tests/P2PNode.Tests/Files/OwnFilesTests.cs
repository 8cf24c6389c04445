using System.Diagnostics;
using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Files;
using P2PNode.Tests.Testing;

namespace P2PNode.Tests.Files;

public sealed class OwnFilesTests : IDisposable
{
    private static readonly DateTime Old = new(2020, 2, 3, 4, 5, 6, DateTimeKind.Utc);

    /// <summary>A time so old for a <see cref="ManualClock"/> that a file need not settle.</summary>
    private static readonly DateTime BeforeTheClock = new(1960, 2, 3, 4, 5, 6, DateTimeKind.Utc);

    private readonly TemporaryFolder _space = new();

    public void Dispose() => _space.Dispose();

    [Fact]
    public async Task The_first_scan_offers_all_files_with_size_time_mode_and_root()
    {
        var program = _space.Write("bin/tool", "#!/bin/sh", Old.AddTicks(1234567));
        _space.Write("a.txt", "hello", Old);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        await using var run = new OwnFilesRun(_space.Path);
        await run.UntilScannedAsync();

        Assert.Equal(["a.txt", "bin/tool"], run.Offered.Keys);
        var tool = run.Published.Single(entry => entry.Path.Value == "bin/tool");
        Assert.Equal((9, Old.AddTicks(1234567).Ticks), (tool.Size, tool.MtimeTicks));
        Assert.Equal(!OperatingSystem.IsWindows(), tool.Executable);
        Assert.Equal(ContentHasher.Of("#!/bin/sh"u8), tool.Root);
        Assert.Equal([1, 2], run.Published.Select(entry => entry.Seq).Order());
    }

    [Fact]
    public async Task The_names_that_the_program_keeps_for_itself_are_not_own_files()
    {
        _space.Write("peers/NODE2/copy", "copy", Old);
        _space.Write("shared/common", "common", Old);
        _space.Write("peer_files.log", "log", Old);
        _space.Write("deeper/peers/mine", "mine", Old);
        await using var run = new OwnFilesRun(_space.Path);
        await run.UntilScannedAsync();

        Assert.Equal(["deeper/peers/mine"], run.Offered.Keys);
        Assert.Empty(run.Files.NotShared);
    }

    [Fact]
    public async Task The_folder_of_another_node_is_not_shared()
    {
        _space.Write("mine", "x", Old);
        _space.Write("NODE9/.p2pnode/lock", "", Old);
        _space.Write("NODE9/theirs", "x", Old);
        _space.Write("NODE9/deeper/theirs", "x", Old);
        await using var run = new OwnFilesRun(_space.Path);
        await run.UntilScannedAsync();

        // The place of the folder itself stays what it was before: nothing.
        Assert.Equal(["mine"], run.Offered.Keys);
        Assert.Equal(["NODE9"], run.Files.NotShared.Select(item => item.Path));
    }

    [Fact]
    public async Task What_becomes_the_folder_of_another_node_is_withdrawn()
    {
        _space.Write("mine", "x", Old);
        _space.Write("NODE9/theirs", "x", Old);
        await using var run = new OwnFilesRun(_space.Path);
        await run.UntilScannedAsync();
        Assert.Equal(["NODE9/theirs", "mine"], run.Offered.Keys);

        Directory.CreateDirectory(_space["NODE9/.p2pnode"]);
        _space.Write("NODE9/later", "x", Old);

        await run.UntilOfferedAsync("mine");
        await Eventually.HoldsAsync(() => run.Files.NotShared.Any(item => item.Path == "NODE9"), "the folder is listed as not shared");
    }

    [Fact]
    public async Task What_cannot_travel_is_listed_as_not_shared_with_the_reason()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows cannot hold such names.");
        _space.Write("target", "x", Old);
        _space.Write("a:b", "x", Old);
        _space.Write("e\u0301.txt", "x", Old);
        _space.Write("aux.d/inside", "x", Old);
        File.CreateSymbolicLink(_space["link"], _space["target"]);
        Directory.CreateSymbolicLink(_space["linked"], Path.GetTempPath());
        await using var run = new OwnFilesRun(_space.Path);
        await run.UntilScannedAsync();

        Assert.Equal(["target"], run.Offered.Keys);
        Assert.Equal(
            ["a:b", "aux.d", "e\u0301.txt", "link", "linked"],
            run.Files.NotShared.Select(item => item.Path).Order(StringComparer.Ordinal));
        Assert.All(run.Files.NotShared, item => Assert.NotEmpty(item.Reason));
    }

    [Fact]
    public async Task Names_that_differ_in_case_alone_are_both_offered()
    {
        _space.Write("readme", "one", Old);
        Assert.SkipWhen(File.Exists(_space["README"]), "This file system folds case.");
        _space.Write("README", "two", Old);
        await using var run = new OwnFilesRun(_space.Path);
        await run.UntilScannedAsync();

        Assert.Equal(["README", "readme"], run.Offered.Keys);
    }

    [Fact]
    public async Task A_folder_is_listed_exactly_while_nothing_in_it_is()
    {
        Directory.CreateDirectory(_space["outer/empty"]);
        Directory.SetLastWriteTimeUtc(_space["outer/empty"], Old);
        await using var run = new OwnFilesRun(_space.Path);
        await run.UntilScannedAsync();
        Assert.Equal(EntryKind.EmptyFolder, Assert.Single(run.Offered, pair => pair.Key == "outer/empty").Value);

        _space.Write("outer/empty/file", "x", Old);
        await run.UntilOfferedAsync("outer/empty/file");

        File.Delete(_space["outer/empty/file"]);
        await run.UntilOfferedAsync("outer/empty");

        Directory.Delete(_space["outer/empty"]);
        await run.UntilOfferedAsync("outer");
    }

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

    [Fact]
    public async Task A_large_loss_is_held_until_a_person_confirms_it()
    {
        for (var i = 0; i < 150; i++)
            _space.Write($"many/{i}", $"{i}", Old);
        await using var run = new OwnFilesRun(_space.Path);
        await run.UntilScannedAsync();

        Directory.Delete(_space["many"], recursive: true);
        run.Files.Rescan();
        await run.UntilScannedAsync(2);
        Assert.Equal(150, run.Files.HeldRemovals);
        Assert.Equal(150, run.Offered.Count);

        run.Files.ConfirmRemovals();
        await run.UntilOfferedAsync();
        Assert.Equal(0, run.Files.HeldRemovals);
    }

    [Fact]
    public async Task Moving_most_files_is_no_loss()
    {
        for (var i = 0; i < 150; i++)
            _space.Write($"many/{i}", $"{i}", Old);
        await using var run = new OwnFilesRun(_space.Path);
        await run.UntilScannedAsync();

        Directory.Move(_space["many"], _space["moved"]);

        await run.UntilAsync(() => run.Offered.Count == 150 && run.Offered.Keys.All(path => path.StartsWith("moved/", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Nothing_is_removed_while_the_marker_is_missing()
    {
        _space.Write("a", "a", Old);
        await using var run = new OwnFilesRun(_space.Path);
        await run.UntilScannedAsync();

        File.Delete(Path.Combine(run.Folder.State, "marker"));
        File.Delete(_space["a"]);
        run.Files.Rescan();
        await run.UntilScannedAsync(2);
        Assert.Equal(["a"], run.Offered.Keys);

        run.Folder.Mark();
        run.Files.Rescan();
        await run.UntilOfferedAsync();
    }

    [Fact]
    public async Task What_the_system_refuses_to_show_is_reported_and_not_removed()
    {
        if (OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess)
        {
            Assert.Skip("Everything can be read by this user.");
            return;
        }

        _space.Write("locked/a", "a", Old);
        await using (var first = new OwnFilesRun(_space.Path))
            await first.UntilScannedAsync();
        File.SetUnixFileMode(_space["locked"], UnixFileMode.None);
        try
        {
            await using var run = new OwnFilesRun(_space.Path);
            await run.UntilScannedAsync();

            Assert.Equal(["locked/a"], run.Offered.Keys);
            Assert.Equal("locked", Assert.Single(run.Files.NotShared).Path);
        }
        finally
        {
            File.SetUnixFileMode(_space["locked"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Fact]
    public async Task A_folder_that_is_locked_while_a_file_in_it_settles_ends_nothing()
    {
        if (OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess)
        {
            Assert.Skip("Everything can be read by this user.");
            return;
        }

        var clock = new ManualClock();
        _space.Write("locked/before", "x", BeforeTheClock);
        await using var run = new OwnFilesRun(_space.Path, clock);
        await run.UntilScannedAsync();
        _space.Write("locked/new", "x");
        _space.Write("hint", "offered at once, and after the new file was looked at", BeforeTheClock);
        await run.UntilOfferedAsync("hint", "locked/before");
        File.SetUnixFileMode(_space["locked"], UnixFileMode.None);
        try
        {
            clock.Advance(SettleQueue.Still);
            _space.Write("later", "x", BeforeTheClock);
            await run.UntilOfferedAsync("hint", "later", "locked/before");

            Assert.Contains(run.Files.NotShared, item => item.Path == "locked/new");
        }
        finally
        {
            File.SetUnixFileMode(_space["locked"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Fact]
    public async Task A_folder_that_cannot_be_listed_when_its_last_file_goes_ends_nothing()
    {
        if (OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess)
        {
            Assert.Skip("Everything can be read by this user.");
            return;
        }

        _space.Write("locked/gone", "x", Old);
        _space.Write("stays", "x", Old);
        await using var run = new OwnFilesRun(_space.Path);
        await run.UntilScannedAsync();
        File.Delete(_space["locked/gone"]);
        File.SetUnixFileMode(_space["locked"], UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            await run.UntilOfferedAsync("stays");
            _space.Write("later", "x", Old);
            await run.UntilOfferedAsync("later", "stays");
        }
        finally
        {
            File.SetUnixFileMode(_space["locked"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Fact]
    public async Task A_file_with_a_time_that_no_listing_holds_is_not_shared()
    {
        const string Memory = "/dev/shm"; // Which holds such times, as some file systems of disks do.
        Assert.SkipUnless(Directory.Exists(Memory), "There is no file system for such times.");
        using var space = new TemporaryFolder(Memory);
        await TouchAsync(space.Write("folder/late", "x"), "@253402300800");
        space.Write("good", "x", Old);
        await using var run = new OwnFilesRun(space.Path);
        await run.UntilScannedAsync();
        Assert.Equal(["folder/late"], run.Files.NotShared.Select(item => item.Path));

        await TouchAsync(space.Write("early", "x"), "@-62135596801");
        space.Write("last", "x", Old);
        await run.UntilOfferedAsync("good", "last");
        run.Files.Rescan();
        await run.UntilScannedAsync(2);
        Assert.Equal(["early", "folder/late"], run.Files.NotShared.Select(item => item.Path).Order());
    }

    [Theory]
    [InlineData(2, 1000)]
    [InlineData(1000, 11)]
    public async Task What_a_full_listing_cannot_take_is_not_shared_until_there_is_room(int mostEntries, long mostPathBytes)
    {
        _space.Write("first", "x", Old);
        _space.Write("second", "x", Old);
        await using var run = new OwnFilesRun(_space.Path, mostEntries: mostEntries, mostPathBytes: mostPathBytes);
        await run.UntilOfferedAsync("first", "second");
        _space.Write("third", "x", Old);
        Directory.CreateDirectory(_space["empty"]);
        Directory.SetLastWriteTimeUtc(_space["empty"], Old);
        _space.Write("first", "listed already", Old.AddDays(1));
        run.Files.Rescan();
        await run.UntilScannedAsync(2);

        Assert.Equal(["first", "second"], run.Offered.Keys);
        Assert.Equal(["empty", "third"], run.Files.NotShared.Select(item => item.Path).Order());
        Assert.Contains(run.Published, entry => entry.Root == ContentHasher.Of("listed already"u8));

        File.Delete(_space["second"]);
        Directory.Delete(_space["empty"]);
        await run.UntilOfferedAsync("first");
        run.Files.Rescan();
        await run.UntilOfferedAsync("first", "third");
    }

    private static async Task TouchAsync(string path, string time)
    {
        using var touch = Process.Start("touch", ["-d", time, path]);
        await touch.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, touch.ExitCode);
    }
}
