namespace P2PNode.Files;

/// <summary>
/// Runs the scanner beside its owner's loop, one scan at a time, never far ahead of what the loop has dealt with.
/// </summary>
/// <param name="scanner">What is run.</param>
/// <param name="watch">Has each folder watched before it is read.</param>
/// <param name="onDifference">Told, on the scan's thread, what differs; each is to be answered by <see cref="Proceed"/>.</param>
/// <param name="onEnd">Told how it ended, on the scan's thread: the report, or else a fault of the program.</param>
internal sealed class BackgroundScan(
    Scanner scanner, SpaceWatch watch, Action<Difference> onDifference, Action<ScanReport?, Exception?> onEnd) : IDisposable
{
    private const int MostDifferences = 8192;

    private readonly SemaphoreSlim _differences = new(MostDifferences);
    private Task _scan = Task.CompletedTask;

    /// <summary>From <see cref="Begin"/> to <see cref="End"/>.</summary>
    public bool IsRunning { get; private set; }

    public void Begin(IReadOnlyList<string> folders, CancellationToken stop)
    {
        IsRunning = true;
        _scan = Task.Run(() => Run(folders, stop), CancellationToken.None);
    }

    /// <summary>A difference was dealt with.</summary>
    public void Proceed() => _differences.Release();

    /// <summary>The report was dealt with.</summary>
    public void End() => IsRunning = false;

    public Task WhenQuietAsync() => _scan;

    public void Dispose() => _differences.Dispose();

    private void Run(IReadOnlyList<string> folders, CancellationToken stop)
    {
        try
        {
            var report = watch.IsInPlace
                ? scanner.Run(folders, watch.Watch, what => Report(what, stop), stop)
                : ScanReport.OutOfPlace(folders);
            onEnd(report, null);
        }
        catch (Exception fault) when (!stop.IsCancellationRequested)
        {
            onEnd(null, fault);
        }
    }

    private void Report(Difference what, CancellationToken stop)
    {
        _differences.Wait(stop);
        onDifference(what);
    }
}
