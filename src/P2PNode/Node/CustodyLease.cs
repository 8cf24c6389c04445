namespace P2PNode.Node;

/// <summary>
/// Whether this follower keeps copies of everything because its leader leaves and hands over to it. It ends by itself
/// when the leader asks no more, be it that it changed its mind or that it is gone. Thread-safe.
/// </summary>
internal sealed class CustodyLease(TimeProvider clock)
{
    /// <summary>Longer than a leader that leaves pauses between two questions, and than the election after it has gone.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private long? _renewed;

    public bool IsLive => Left > TimeSpan.Zero;

    /// <summary>How long it lasts yet; zero or less where it has ended.</summary>
    public TimeSpan Left
    {
        get
        {
            lock (_gate)
                return _renewed is { } renewed ? Length - clock.GetElapsedTime(renewed) : TimeSpan.Zero;
        }
    }

    public void Renew()
    {
        lock (_gate)
            _renewed = clock.GetTimestamp();
    }
}
