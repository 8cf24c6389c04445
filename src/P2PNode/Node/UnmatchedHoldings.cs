using P2PNode.Core;

namespace P2PNode.Node;

/// <summary>
/// What nodes said to hold that no listing names yet; one content for each holder and path. What exceeds the bounds is
/// forgotten: its holder is not named for it before it says so again. Not thread-safe.
/// </summary>
/// <param name="mostBytes">About how much memory all of it may take.</param>
/// <param name="mostBytesOfOne">The same for one holder, so that none crowds all others out.</param>
internal sealed class UnmatchedHoldings(long mostBytes = 128 << 20, long mostBytesOfOne = 32 << 20)
{
    /// <summary>What one takes beside the letters of its path: the path's objects, the root, the place in the table.</summary>
    private const int BytesOfOne = 200;

    private readonly Dictionary<NodeId, OfHolder> _byHolder = [];
    private long _bytes;

    /// <summary>Takes the place of what the holder said of this path before. False where there is no room.</summary>
    public bool TryAdd(NodeId holder, NodeId owner, FilePath path, ContentRoot root)
    {
        Remove(holder, owner, path);
        var cost = CostOf(path);
        if (_bytes + cost > mostBytes || cost + (_byHolder.GetValueOrDefault(holder)?.Bytes ?? 0) > mostBytesOfOne)
            return false;
        if (!_byHolder.TryGetValue(holder, out var held))
            _byHolder.Add(holder, held = new OfHolder());
        held.Roots.Add((owner, path), root);
        held.Bytes += cost;
        _bytes += cost;
        return true;
    }

    /// <summary>Forgets what a holder said of a path, at the same cost however much there is.</summary>
    public void Remove(NodeId holder, NodeId owner, FilePath path)
    {
        if (!_byHolder.TryGetValue(holder, out var held) || !held.Roots.Remove((owner, path)))
            return;
        held.Bytes -= CostOf(path);
        _bytes -= CostOf(path);
        if (held.Roots.Count == 0)
            _byHolder.Remove(holder);
    }

    /// <summary>Forgets all that a holder said.</summary>
    public void RemoveAll(NodeId holder)
    {
        if (_byHolder.Remove(holder, out var held))
            _bytes -= held.Bytes;
    }

    /// <summary>Takes out who said to hold this content of a file that is listed now.</summary>
    public List<NodeId> Take(NodeId owner, FilePath path, ContentRoot root)
    {
        List<NodeId> holders = [];
        foreach (var (holder, held) in _byHolder)
        {
            if (held.Roots.TryGetValue((owner, path), out var said) && said == root)
                holders.Add(holder);
        }

        foreach (var holder in holders)
            Remove(holder, owner, path);
        return holders;
    }

    private static long CostOf(FilePath path) => BytesOfOne + sizeof(char) * path.Value.Length;

    private sealed class OfHolder
    {
        public Dictionary<(NodeId Owner, FilePath Path), ContentRoot> Roots { get; } = [];

        public long Bytes { get; set; }
    }
}
