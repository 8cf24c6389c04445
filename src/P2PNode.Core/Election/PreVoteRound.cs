namespace P2PNode.Core.Election;

/// <summary>One round of questions before a claim (design 3.3).</summary>
internal sealed class PreVoteRound(long number, TimeSpan openedAt)
{
    /// <summary>How many members are asked beside those that must be (design 3.3).</summary>
    private const int MostOthers = 16;

    private readonly HashSet<NodeId> _asked = [];
    private readonly HashSet<NodeId> _granted = [];
    private int _others;

    public long Number { get; } = number;

    public TimeSpan OpenedAt { get; } = openedAt;

    /// <summary>Whether the question was put a second time; messages get lost with the links that carry them.</summary>
    public bool IsRepeated { get; set; }

    public bool HasRoom => _others < MostOthers;

    /// <summary>Enters a peer among the asked; false where it was, or where enough others are.</summary>
    public bool Ask(NodeId peer, bool mustBeAsked)
    {
        if (_asked.Contains(peer) || (!mustBeAsked && !HasRoom))
            return false;
        if (!mustBeAsked)
            _others++;
        return _asked.Add(peer);
    }

    /// <summary>A new link to a peer: what was asked and answered on the old one may be lost.</summary>
    public void Forget(NodeId peer)
    {
        _asked.Remove(peer);
        _granted.Remove(peer);
    }

    public void Granted(NodeId by) => _granted.Add(by);

    public bool Awaits(NodeId peer) => _asked.Contains(peer) && !_granted.Contains(peer);
}
