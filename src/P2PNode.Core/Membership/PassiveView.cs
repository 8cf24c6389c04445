namespace P2PNode.Core.Membership;

/// <summary>Members to turn to when a neighbour is lost: a few, at random, so that no part of the network is preferred.</summary>
internal sealed class PassiveView(int most)
{
    private readonly List<NodeId> _members = new(most);

    public IReadOnlyList<NodeId> Members => _members;

    /// <summary>Takes a member in; where it is full, in the place of a random one.</summary>
    public void Add(NodeId id, Dice dice)
    {
        if (_members.Contains(id))
            return;
        if (_members.Count < most)
            _members.Add(id);
        else
            _members[dice.Below(most)] = id;
    }

    public void Remove(NodeId id) => _members.Remove(id);

    /// <summary>Begins anew with a fair draw of many (reservoir sampling: Vitter 1985, algorithm R).</summary>
    public void Refill(IEnumerable<NodeId> from, Dice dice)
    {
        _members.Clear();
        var seen = 0;
        foreach (var id in from)
        {
            seen++;
            if (_members.Count < most)
                _members.Add(id);
            else if (dice.Below(seen) is var place && place < most)
                _members[place] = id;
        }
    }
}
