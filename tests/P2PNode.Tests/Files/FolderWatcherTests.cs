using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.Versioning;
using P2PNode.Files;
using P2PNode.Tests.Testing;
using Serilog.Core;

namespace P2PNode.Tests.Files;

[SupportedOSPlatform("linux")]
public sealed class FolderWatcherTests : IDisposable
{
    private readonly TemporaryFolder _space = new();
    private readonly HashSet<string> _seen = [];

    public FolderWatcherTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "Made for the watcher of Linux.");

    public void Dispose() => _space.Dispose();

    [Fact]
    public async Task What_is_not_own_is_not_watched()
    {
        Directory.CreateDirectory(_space["peers/NODE2"]);
        Directory.CreateDirectory(_space["own/peers"]);
        using var watcher = new FolderWatcher(_space.Path, () => { }, Logger.None);
        watcher.Watch("own");
        watcher.Watch("own/peers");

        _space.Write("peers/NODE2/copy", "x");
        _space.Write("peer_files.log", "x");
        _space.Write("own/peers/mine", "x");
        await Eventually.HoldsAsync(() => SeenBy(watcher).Contains("own/peers/mine"), "the own file is seen");

        Assert.Equal(["own/peers/mine"], _seen);
    }

    [Fact]
    public async Task More_paths_than_are_kept_ask_for_a_full_scan()
    {
        var hints = 0;
        using var watcher = new FolderWatcher(_space.Path, () => Interlocked.Increment(ref hints), Logger.None);
        for (var i = 0; i < 25_000; i++)
            File.Create(_space[$"{i}"]).Dispose();
        await Eventually.HoldsAsync(() => Volatile.Read(ref hints) == 2, "it is told that there is something, and that track is lost");

        watcher.Take(out var lostTrack);
        _space.Write("later", "x");
        await Eventually.HoldsAsync(() => SeenBy(watcher).Contains("later"), "new paths are seen");
        Assert.True(lostTrack);
    }

    [Fact]
    public async Task More_events_than_the_system_keeps_are_told_as_lost()
    {
        var most = int.Parse(await File.ReadAllTextAsync("/proc/sys/fs/inotify/max_queued_events", TestContext.Current.CancellationToken), CultureInfo.InvariantCulture);
        Assert.SkipWhen(most > 100_000, "The queue of this system takes too long to fill.");
        using var mayGoOn = new ManualResetEventSlim();
        var lost = 0;
        using var source = new InotifySource(_space.Path, (_, _) => mayGoOn.Wait(), () => Interlocked.Increment(ref lost));
        _space.Write("first", "x");
        for (var i = 0; i < most; i++)
            File.Move(_space[i % 2 == 0 ? "first" : "second"], _space[i % 2 == 0 ? "second" : "first"]);

        Assert.Equal(0, Volatile.Read(ref lost));
        mayGoOn.Set();
        await Eventually.HoldsAsync(() => Volatile.Read(ref lost) == 1, "the loss is told");
    }

    [Fact]
    public async Task It_ends_at_once_though_events_go_on()
    {
        using var stop = new CancellationTokenSource();
        var writer = Task.Run(() =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
                File.WriteAllText(_space[$"{i % 100}"], "x");
        }, TestContext.Current.CancellationToken);
        for (var round = 0; round < 20; round++)
        {
            var told = 0;
            var source = new InotifySource(_space.Path, (_, _) => Interlocked.Increment(ref told), () => { });
            await Eventually.HoldsAsync(() => Volatile.Read(ref told) > 0, "something is seen");
            await Task.Run(source.Dispose, TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
            Assert.Null(source.Watch("")); // As a scan may still do.
            var atTheEnd = told;
            _space.Write("after", "x");
            Assert.Equal(atTheEnd, told);
        }

        await stop.CancelAsync();
        await writer;
    }

    [Fact]
    public async Task The_name_of_the_root_given_to_another_is_told()
    {
        Directory.CreateDirectory(_space["root"]);
        var told = new ConcurrentQueue<string>();
        var lost = 0;
        using var source = new InotifySource(_space["root"], (path, _) => told.Enqueue(path), () => Interlocked.Increment(ref lost));
        Directory.CreateDirectory(_space["beside"]);
        _space.Write("root/inside", "x");
        await Eventually.HoldsAsync(() => told.Contains("inside"), "the file is seen");
        Assert.Equal(0, lost);

        Directory.Move(_space["root"], _space["elsewhere"]);
        await Eventually.HoldsAsync(() => Volatile.Read(ref lost) > 0, "it is told that the root left");
        Assert.DoesNotContain("beside", told);
    }

    private HashSet<string> SeenBy(FolderWatcher watcher)
    {
        _seen.UnionWith(watcher.Take(out _).Keys);
        return _seen;
    }
}
