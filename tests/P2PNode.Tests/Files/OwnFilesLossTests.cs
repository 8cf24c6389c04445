using System.Diagnostics;
using P2PNode.Core;
using P2PNode.Files;
using P2PNode.Tests.Testing;

namespace P2PNode.Tests.Files;

/// <summary>What is not believed at once, or cannot be had: losses, locked folders, times and sizes beyond bounds.</summary>
public sealed class OwnFilesLossTests : IDisposable
{
    private static readonly DateTime Old = new(2020, 2, 3, 4, 5, 6, DateTimeKind.Utc);

    /// <summary>A time so old for a <see cref="ManualClock"/> that a file need not settle.</summary>
    private static readonly DateTime BeforeTheClock = new(1960, 2, 3, 4, 5, 6, DateTimeKind.Utc);

    private readonly TemporaryFolder _space = new();

    public void Dispose() => _space.Dispose();

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
