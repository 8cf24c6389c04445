using Serilog;

namespace P2PNode.Files;

/// <summary>
/// Collects which paths of the own space the system says have changed. A hint only: events get lost, and what does not
/// fit is given up in favour of a full scan. Never does more than to note a name, so that the system's queue stays short.
/// </summary>
internal sealed class FolderWatcher : IDisposable
{
    /// <summary>Beyond so many different paths a full scan is cheaper.</summary>
    private const int MostPaths = 20_000;

    private readonly Lock _gate = new();
    private readonly Action _onHint;
    private readonly ILogger _log;
    private readonly InotifySource? _inotify;
    private readonly SystemWatcherSource? _systemWatcher;
    private Dictionary<string, bool> _paths = new(StringComparer.Ordinal);
    private bool _lostTrack;

    /// <param name="root">The own space.</param>
    /// <param name="onHint">Told, from any thread, that there is something to <see cref="Take"/>.</param>
    /// <param name="log">Told why the system cannot watch a part of the folder.</param>
    /// <exception cref="IOException">The system grants no more watchers, or there is no such folder.</exception>
    public FolderWatcher(string root, Action onHint, ILogger log)
    {
        (_onHint, _log) = (onHint, log);
        if (OperatingSystem.IsLinux())
            _inotify = new InotifySource(root, Note, LoseTrack);
        else
            _systemWatcher = new SystemWatcherSource(root, Note, LoseTrack);
    }

    /// <summary>Why there are folders whose changes go unnoticed; null where there are none.</summary>
    public Exception? Refusal { get; private set; }

    /// <summary>Watches one folder, which the caller then reads; where all are watched anyway it does nothing.</summary>
    /// <param name="folder">Relative; "" for the whole space. Never one of the reserved names.</param>
    public void Watch(string folder)
    {
        if (_inotify is not null && OperatingSystem.IsLinux())
            Refusal ??= _inotify.Watch(folder);
    }

    /// <summary>What was noted since the last call; true where a path is the target of a rename.</summary>
    /// <param name="lostTrack">Whether only a full scan can tell what changed.</param>
    public IReadOnlyDictionary<string, bool> Take(out bool lostTrack)
    {
        lock (_gate)
        {
            var taken = _paths;
            lostTrack = _lostTrack;
            (_paths, _lostTrack) = (new(StringComparer.Ordinal), false);
            return taken;
        }
    }

    public void Dispose()
    {
        if (OperatingSystem.IsLinux())
            _inotify?.Dispose();
        _systemWatcher?.Dispose();
    }

    private void Note(string path, bool renamed)
    {
        if (path is "." || Scanner.IsReserved(path))
            return;
        bool isNews;
        lock (_gate)
        {
            isNews = _paths.Count is 0 or MostPaths && !_lostTrack;
            if (_paths.Count == MostPaths)
                (_lostTrack, _paths) = (true, new(StringComparer.Ordinal));
            if (!_lostTrack)
                _paths[path] = renamed || _paths.GetValueOrDefault(path);
        }

        if (isNews)
            _onHint();
    }

    private void LoseTrack(Exception reason)
    {
        // An overflow happens under load and is made up for by the scan.
        if (reason is not InternalBufferOverflowException)
            _log.WatchingFailed(reason.Message);
        LoseTrack();
    }

    private void LoseTrack()
    {
        lock (_gate)
            _lostTrack = true;
        _onHint();
    }
}
