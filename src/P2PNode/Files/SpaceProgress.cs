namespace P2PNode.Files;

/// <summary>
/// How far the listing is behind the own space, for those who wait until it is not. Written by the loop of
/// <see cref="OwnFiles"/>; asked and read by anybody.
/// </summary>
public sealed class SpaceProgress
{
    private long _asked;
    private long _heard;
    private long _scanningFor;
    private long _scannedFor;
    private int _unoffered;

    /// <summary>Files that changed and are not offered as they are now: they have yet to stand still, to be read, or to be noted.</summary>
    public int Unoffered => Volatile.Read(ref _unoffered);

    /// <summary>Whether a scan of the whole space has ended that began after it was asked for.</summary>
    /// <param name="scan">The number of the question; see <see cref="OwnFiles.Rescan"/>.</param>
    public bool HasScanned(long scan) => Volatile.Read(ref _scannedFor) >= scan;

    internal long Ask() => Interlocked.Increment(ref _asked);

    internal void Heard(long scan) => _heard = Math.Max(_heard, scan);

    internal void BeginScan() => _scanningFor = _heard;

    /// <summary>What the scan found counts as not offered from the same moment on.</summary>
    internal void EndScan(int unoffered)
    {
        Show(unoffered);
        Volatile.Write(ref _scannedFor, _scanningFor);
    }

    internal void Show(int unoffered) => Volatile.Write(ref _unoffered, unoffered);
}
