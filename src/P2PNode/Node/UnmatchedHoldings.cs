using P2PNode.Core;
using P2PNode.Core.Catalogue;

namespace P2PNode.Node;

/// <summary>A node has a content under the name of another node's file.</summary>
internal readonly record struct UnmatchedHolding(NodeId Holder, FilePath Path, ContentRoot Root);

/// <summary>What nodes said to hold that no listing names yet. Not thread-safe.</summary>
/// <param name="mostOfOne">How much of one holder is believed: it cannot hold more of a network than may be listed.</param>
internal sealed class UnmatchedHoldings(int mostOfOne = ListingLimits.MaxEntries)
{
    private readonly Dictionary<NodeId, HashSet<UnmatchedHolding>> _byOwner = [];
    private readonly Dictionary<NodeId, int> _counts = [];

    /// <summary>False where the holder said too much.</summary>
    public bool TryAdd(NodeId owner, UnmatchedHolding holding)
    {
        var count = _counts.GetValueOrDefault(holding.Holder);
        if (count == mostOfOne)
            return false;
        if (!_byOwner.TryGetValue(owner, out var holdings))
            _byOwner.Add(owner, holdings = []);
        if (holdings.Add(holding))
            _counts[holding.Holder] = count + 1;
        return true;
    }

    /// <summary>Drops those of an owner's files of which the condition holds.</summary>
    public void Remove(NodeId owner, Predicate<UnmatchedHolding> condition)
    {
        if (!_byOwner.TryGetValue(owner, out var holdings))
            return;
        holdings.RemoveWhere(holding =>
        {
            if (!condition(holding))
                return false;
            _counts[holding.Holder]--;
            return true;
        });
        if (holdings.Count == 0)
            _byOwner.Remove(owner);
    }

    /// <summary>Drops all that a holder said.</summary>
    public void RemoveAll(NodeId holder)
    {
        foreach (var owner in _byOwner.Keys.ToList())
            Remove(owner, holding => holding.Holder == holder);
        _counts.Remove(holder);
    }
}
