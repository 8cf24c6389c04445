namespace P2PNode.Core.Membership;

/// <summary>Members whose rows changed of late, gathered for a moment before the neighbours are told.</summary>
internal sealed class FreshNews(TimeSpan gather)
{
    /// <summary>Each with the one who told it and need not be told; null where several did, or nobody.</summary>
    private Dictionary<NodeId, NodeId?> _changed = [];

    /// <summary>When it is to be told; null while there is nothing.</summary>
    public TimeSpan? DueAt { get; private set; }

    public void Add(NodeId member, NodeId? from, TimeSpan now)
    {
        if (!_changed.TryAdd(member, from) && _changed[member] != from)
            _changed[member] = null;
        Wake(now);
    }

    /// <summary>Has something else told at the same time.</summary>
    public void Wake(TimeSpan now) => DueAt ??= now + gather;

    public IReadOnlyCollection<KeyValuePair<NodeId, NodeId?>> TakeAll()
    {
        var all = _changed;
        (_changed, DueAt) = ([], null);
        return all;
    }
}
