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
    private readonly string _root;
    private readonly Action _onHint;
    private readonly ILogger _log;
    private readonly FileSystemWatcher _watcher;
    private Dictionary<string, bool> _paths = new(StringComparer.Ordinal);
    private bool _lostTrack;

    /// <param name="root">The own space.</param>
    /// <param name="onHint">Told, from any thread, that there is something to <see cref="Take"/>.</param>
    /// <param name="log">Told why the system cannot watch a part of the folder.</param>
    public FolderWatcher(string root, Action onHint, ILogger log)
    {
        (_root, _onHint, _log) = (root, onHint, log);
        _watcher = new FileSystemWatcher(root)
        {
            IncludeSubdirectories = true,
            InternalBufferSize = 64 * 1024,
            NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite
                | NotifyFilters.Size | NotifyFilters.Attributes,
        };
        _watcher.Created += (_, e) => Note(e.FullPath, renamed: false);
        _watcher.Changed += (_, e) => Note(e.FullPath, renamed: false);
        _watcher.Deleted += (_, e) => Note(e.FullPath, renamed: false);
        _watcher.Renamed += (_, e) =>
        {
            Note(e.OldFullPath, renamed: false);
            Note(e.FullPath, renamed: true);
        };
        _watcher.Error += (_, e) => LoseTrack(e.GetException());
        _watcher.EnableRaisingEvents = true;
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

    public void Dispose() => _watcher.Dispose();

    private void Note(string fullPath, bool renamed)
    {
        var relative = Path.GetRelativePath(_root, fullPath).Replace(Path.DirectorySeparatorChar, '/');
        if (relative is "." || Scanner.IsReserved(relative))
            return;
        lock (_gate)
        {
            if (_paths.Count >= MostPaths)
                (_lostTrack, _paths) = (true, new(StringComparer.Ordinal));
            if (!_lostTrack)
                _paths[relative] = renamed || _paths.GetValueOrDefault(relative);
        }

        _onHint();
    }

    private void LoseTrack(Exception reason)
    {
        // An overflow happens under load and is made up for by the scan.
        if (reason is not InternalBufferOverflowException)
            _log.WatchingFailed(reason.Message);
        lock (_gate)
            _lostTrack = true;
        _onHint();
    }
}
