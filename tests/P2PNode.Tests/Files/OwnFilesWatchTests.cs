using System.Diagnostics;
using P2PNode.Tests.Testing;

namespace P2PNode.Tests.Files;

/// <summary>What happens to folders while the own space is watched. No test asks for a scan unless it says so.</summary>
public sealed class OwnFilesWatchTests : IDisposable
{
    private static readonly DateTime Old = new(2020, 2, 3, 4, 5, 6, DateTimeKind.Utc);

    private readonly TemporaryFolder _outside = new();
    private readonly TemporaryFolder _home = new();
    private readonly string _space;

    public OwnFilesWatchTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Made for the watcher of Linux.");
        _space = Directory.CreateDirectory(_home["NODE1"]).FullName;
    }

    public void Dispose()
    {
        _outside.Dispose();
        _home.Dispose();
    }

    [Fact]
    public async Task Changes_are_seen_after_a_folder_was_moved_out_and_another_moved_in()
    {
        Write("moved/deep/inside", "x");
        await using var run = await BeginAsync();
        for (var round = 0; round < 10; round++)
        {
            Directory.Move(At("moved"), _outside["moved"]);
            Directory.Move(_outside["moved"], At("moved"));
            Directory.Move(At("moved"), _outside[$"away-{round}"]);
            Write("moved/deep/inside", "x");
        }

        _outside.Write("album/below/b", "b", Old);
        Directory.Move(_outside["album"], At("album"));
        await run.UntilOfferedAsync("album/below/b", "moved/deep/inside");
        Write("album/below/c", "c");
        Write("moved/deep/later", "y");
        await run.UntilOfferedAsync("album/below/b", "album/below/c", "moved/deep/inside", "moved/deep/later");

        Assert.Single(run.Batches, batch => batch.EndsScan);
    }

    [Fact]
    public async Task A_folder_that_left_the_space_is_watched_no_more()
    {
        Write("leaves/deep/inside", "x");
        await using var run = await BeginAsync();
        Directory.Move(At("leaves"), _outside["left"]);
        await run.UntilOfferedAsync();
        Directory.CreateDirectory(At("leaves/deep"));
        await run.UntilOfferedAsync("leaves/deep");

        File.WriteAllText(_outside["left/deep/inside"], "of no concern");
        File.Delete(_outside["left/deep/inside"]);
        Write("leaves/deep/new", "x");

        await run.UntilOfferedAsync("leaves/deep/new");
        Assert.Equal(["leaves/deep", "leaves/deep/inside", "leaves/deep/new"], run.Published.Select(entry => entry.Path.Value).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_happens_below_a_folder_that_moved_within_the_space_is_seen_at_its_new_place()
    {
        Write("old/deep/deeper/a", "a");
        Write("other/x", "x");
        await using var run = await BeginAsync();
        Directory.Move(At("old"), At("other/new"));
        await run.UntilOfferedAsync("other/new/deep/deeper/a", "other/x");

        Write("other/new/deep/deeper/b", "b");
        File.Delete(At("other/new/deep/deeper/a"));
        await run.UntilOfferedAsync("other/new/deep/deeper/b", "other/x");
        Directory.CreateDirectory(At("old"));
        Directory.Move(At("other/new/deep"), At("old/deep"));
        Write("old/deep/deeper/c", "c");

        await run.UntilOfferedAsync("old/deep/deeper/b", "old/deep/deeper/c", "other/new", "other/x");
    }

    [Fact]
    public async Task Two_folders_that_swap_their_names_are_told_apart()
    {
        Write("one/sub/a", "a");
        Write("two/sub/b", "b");
        await using var run = await BeginAsync();
        Directory.Move(At("one"), At("three"));
        Directory.Move(At("two"), At("one"));
        Directory.Move(At("three"), At("two"));
        await run.UntilOfferedAsync("one/sub/b", "two/sub/a");

        Write("one/sub/c", "c");
        Write("two/sub/d", "d");

        await run.UntilOfferedAsync("one/sub/b", "one/sub/c", "two/sub/a", "two/sub/d");
    }

    [Fact]
    public async Task Deep_trees_that_are_made_at_once_are_seen_to_their_ground()
    {
        await using var run = await BeginAsync();
        for (var i = 0; i < 300; i++)
            Write($"{i}/b/c/d/f", "x");
        await run.UntilAsync(() => run.Offered.Count == 300 && run.Offered.Keys.All(path => path.EndsWith("/b/c/d/f", StringComparison.Ordinal)));

        Assert.Single(run.Batches, batch => batch.EndsScan);
    }

    [Fact]
    public async Task A_root_that_is_replaced_takes_nothing_with_it_and_is_watched_again_when_it_is_back()
    {
        Write("kept/file", "x");
        await using var run = await BeginAsync();
        Directory.Move(_space, _home["away"]);
        Directory.CreateDirectory(_space);
        Write(".p2pnode/marker", "not the one");
        Write("stranger", "x");
        await run.UntilAsync(() => run.Files.NotShared.Any(item => item.Path == "."));
        await run.UntilScannedAsync(2);
        Assert.Equal(["kept/file"], run.Offered.Keys);
        Assert.Equal(0, run.Files.HeldRemovals);

        Directory.Delete(_space, recursive: true);
        Directory.Move(_home["away"], _space);
        run.Files.Rescan(); // Sooner than the 30 s after which it would look by itself.
        await run.UntilScannedAsync(3);
        Write("kept/new", "y");

        await run.UntilOfferedAsync("kept/file", "kept/new");
        Assert.Empty(run.Files.NotShared);
    }

    [Fact]
    public async Task A_root_that_is_away_is_looked_for_every_30_s()
    {
        var clock = new ManualClock();
        await using var run = new OwnFilesRun(_space, clock);
        await run.UntilScannedAsync();
        Directory.Move(_space, _home["away"]);
        await run.UntilScannedAsync(2);

        Directory.Move(_home["away"], _space);
        clock.Advance(TimeSpan.FromSeconds(30));
        await run.UntilScannedAsync(3);

        Assert.Empty(run.Files.NotShared);
    }

    [Fact]
    public async Task A_root_that_is_deleted_takes_nothing_with_it()
    {
        Write("kept/file", "x");
        await using var run = await BeginAsync();
        Directory.Delete(_space, recursive: true);
        await run.UntilAsync(() => run.Files.NotShared.Any(item => item.Path == "."));
        Directory.CreateDirectory(_space);
        run.Files.Rescan();
        await run.UntilScannedAsync(3);

        Assert.Equal(["kept/file"], run.Offered.Keys);
    }

    [Fact]
    public async Task A_file_under_a_name_that_is_not_text_is_reported_when_it_comes()
    {
        await using var run = await BeginAsync();
        await ShellAsync("printf x > \"$(printf 'bad\\377')\"");
        Write("good", "x");
        await run.UntilOfferedAsync("good");

        Assert.Equal(["bad\uFFFD"], run.Files.NotShared.Select(item => item.Path));
        await ShellAsync("rm bad*"); // .NET cannot.
    }

    [Fact]
    public async Task A_file_that_somebody_keeps_open_is_offered_when_it_stands_still()
    {
        await using var run = await BeginAsync();
        await using var log = new StreamWriter(At("log"));
        await log.WriteAsync("first");
        await log.FlushAsync(TestContext.Current.CancellationToken);
        await run.UntilAsync(() => run.Published.Any(entry => entry.Size == 5));
        await log.WriteAsync(", second");
        await log.FlushAsync(TestContext.Current.CancellationToken);

        await run.UntilAsync(() => run.Published.Any(entry => entry.Size == 13));
    }

    private async Task ShellAsync(string command)
    {
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", command]) { WorkingDirectory = _space })!;
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, shell.ExitCode);
    }

    private string At(string relative) => Path.Combine(_space, relative);

    private void Write(string relative, string content) => _home.Write($"NODE1/{relative}", content, Old);

    private async Task<OwnFilesRun> BeginAsync()
    {
        var run = new OwnFilesRun(_space);
        await run.UntilScannedAsync();
        return run;
    }
}
