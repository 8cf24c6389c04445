using Serilog;

namespace P2PNode.Files;

/// <summary>
/// Keeps the own space watched. What no watcher tells, a full scan finds; so each full scan begins with a new one, and
/// comes soon again where there is none, or none of all folders.
/// </summary>
/// <param name="folder">Whose own space.</param>
/// <param name="onHint">Told, from any thread, that there is something to <see cref="Take"/>.</param>
/// <param name="log">Told once what goes wrong, and once when it goes right again.</param>
internal sealed class SpaceWatch(NodeFolder folder, Action onHint, ILogger log) : IDisposable
{
    private static readonly TimeSpan ScanEvery = TimeSpan.FromHours(1);
    private static readonly TimeSpan ScanUnwatchedEvery = TimeSpan.FromSeconds(30);

    private FolderWatcher? _watcher;
    private bool _hasWarned;

    /// <summary>False while the folder that is scanned is not there, or another one in its place.</summary>
    public bool IsInPlace { get; private set; } = true;

    /// <summary>How long after a full scan the next one is due.</summary>
    public TimeSpan NextScanAfter => _watcher is { Refusal: null } ? ScanEvery : ScanUnwatchedEvery;

    /// <summary>Watches anew; what the watcher before did not tell, the scan that follows finds.</summary>
    public void Begin()
    {
        _watcher?.Dispose();
        _watcher = null;
        var was = IsInPlace;
        IsInPlace = folder.Files.IsInPlace;
        if (was != IsInPlace && IsInPlace)
            log.FolderIsBack(folder.Root);
        else if (was != IsInPlace)
            log.FolderIsGone(folder.Root, ScanUnwatchedEvery);
        if (!IsInPlace)
            return;
        try
        {
            _watcher = new FolderWatcher(folder.Root, onHint, log);
        }
        catch (IOException e)
        {
            Warn(e);
        }
    }

    /// <summary>Watches one folder, which the caller then reads. From any thread.</summary>
    public void Watch(string path) => _watcher?.Watch(path);

    /// <summary>Says so where what was just scanned is not watched in whole.</summary>
    public void EndScan()
    {
        if (_watcher?.Refusal is { } refusal)
            Warn(refusal);
        else if (_watcher is not null)
            _hasWarned = false;
    }

    /// <inheritdoc cref="FolderWatcher.Take"/>
    public IReadOnlyDictionary<string, bool> Take(out bool lostTrack)
    {
        lostTrack = false;
        return _watcher is null ? new Dictionary<string, bool>() : _watcher.Take(out lostTrack);
    }

    public void Dispose() => _watcher?.Dispose();

    private void Warn(Exception refusal)
    {
        if (!_hasWarned)
            log.NotWatching(refusal.Message, ScanUnwatchedEvery);
        _hasWarned = true;
    }
}
