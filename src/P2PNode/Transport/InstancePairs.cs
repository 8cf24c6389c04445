namespace P2PNode.Transport;

/// <summary>Which two processes were found to have one ID, for who tells of each pair once. Bounded; thread-safe.</summary>
internal sealed class InstancePairs
{
    /// <summary>Then it begins anew: to tell something twice is no harm.</summary>
    private const int Most = 1024;

    private readonly Lock _gate = new();
    private readonly HashSet<(ulong Linked, ulong Refused)> _pairs = [];

    /// <summary>False where the pair was added before.</summary>
    public bool TryAdd(ulong linked, ulong refused)
    {
        lock (_gate)
        {
            if (_pairs.Count == Most)
                _pairs.Clear();
            return _pairs.Add((linked, refused));
        }
    }
}
