namespace P2PNode.Core.Membership;

/// <summary>Which lives of members are over that are listed no more. Of very many the first are forgotten.</summary>
internal sealed class FormerLives
{
    private readonly Dictionary<NodeId, long> _last = [];

    /// <summary>In the order of their coming.</summary>
    private readonly Queue<NodeId> _order = new();

    /// <summary>A life of a member is over, and all before it.</summary>
    public void End(NodeId id, long incarnation)
    {
        if (_last.TryGetValue(id, out var last))
        {
            _last[id] = Math.Max(last, incarnation);
            return;
        }

        if (_order.Count == NodeId.MostInNetwork)
            _last.Remove(_order.Dequeue());
        _order.Enqueue(id);
        _last.Add(id, incarnation);
    }

    /// <summary>The last life of a member that is over; 0 where none is known to be.</summary>
    public long Of(NodeId id) => _last.GetValueOrDefault(id);
}
