namespace P2PNode.Core.Election;

/// <summary>What a node that hears no leader knows of its prospects: when to stand, and what was said against it.</summary>
/// <param name="since">When it found itself without a leader.</param>
/// <param name="jitter">Added to the stagger of all but the first rank.</param>
/// <param name="lastLeader">The leader that was lost; null where this node led, or knew of none.</param>
internal sealed class Candidacy(TimeSpan since, TimeSpan jitter, NodeId? lastLeader)
{
    private readonly Dictionary<NodeId, (NodeId? Leader, TimeSpan At)> _objections = [];
    private TimeSpan _notBefore = since;

    public TimeSpan Since { get; } = since;

    public NodeId? LastLeader { get; } = lastLeader;

    /// <summary>The round under way; null while the candidate waits for its turn.</summary>
    public PreVoteRound? Round { get; set; }

    public TimeSpan StandsAt(int rank, ElectionOptions options)
    {
        var turn = rank == 0 ? Since : Since + rank * options.Stagger + jitter;
        return turn > _notBefore ? turn : _notBefore;
    }

    public void Object(NodeId by, NodeId? leader, TimeSpan now, TimeSpan wait)
    {
        _objections[by] = (leader, now);
        Wait(now + wait);
    }

    /// <summary>Ends the round and opens no other before that time.</summary>
    public void Wait(TimeSpan until) => (Round, _notBefore) = (null, until);

    /// <summary>Takes an objection back; with the last one gone the candidate need not wait.</summary>
    public void Lift(NodeId by, TimeSpan now)
    {
        if (_objections.Remove(by) && _objections.Count == 0)
            _notBefore = now;
    }

    /// <summary>A leader that another node said it hears, no longer ago than <paramref name="silence"/>.</summary>
    public NodeId? LeaderHeardByOthers(TimeSpan now, TimeSpan silence) => _objections.Values
        .Where(objection => objection.Leader is not null && now - objection.At <= silence)
        .Select(objection => objection.Leader)
        .Min();
}
