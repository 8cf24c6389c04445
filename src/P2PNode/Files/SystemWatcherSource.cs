namespace P2PNode.Files;

/// <summary>Change events of macOS and Windows, which watch a tree as a whole.</summary>
internal sealed class SystemWatcherSource : IDisposable
{
    private readonly FileSystemWatcher _watcher;
    private readonly string _root;

    /// <param name="root">The top of the tree.</param>
    /// <param name="onChange">Told a relative path, and whether something was renamed to it. Must not wait.</param>
    /// <param name="onLost">Told that events were lost, or that the top itself is not what it was.</param>
    /// <exception cref="IOException">The system grants no more watchers, or there is no such folder.</exception>
    public SystemWatcherSource(string root, Action<string, bool> onChange, Action<Exception> onLost)
    {
        _root = root;
        _watcher = new FileSystemWatcher(root)
        {
            IncludeSubdirectories = true,
            InternalBufferSize = 64 * 1024,
            NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite
                | NotifyFilters.Size | NotifyFilters.Attributes,
        };
        _watcher.Created += (_, e) => onChange(Relative(e.FullPath), false);
        _watcher.Changed += (_, e) => onChange(Relative(e.FullPath), false);
        _watcher.Deleted += (_, e) => onChange(Relative(e.FullPath), false);
        _watcher.Renamed += (_, e) =>
        {
            onChange(Relative(e.OldFullPath), false);
            onChange(Relative(e.FullPath), true);
        };
        _watcher.Error += (_, e) => onLost(e.GetException());
        _watcher.EnableRaisingEvents = true;
    }

    public void Dispose() => _watcher.Dispose();

    private string Relative(string fullPath) =>
        Path.GetRelativePath(_root, fullPath).Replace(Path.DirectorySeparatorChar, '/');
}
