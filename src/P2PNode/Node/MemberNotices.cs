using P2PNode.Core;
using P2PNode.Core.Membership;
using Serilog;

namespace P2PNode.Node;

/// <summary>
/// Tells people what becomes of members. A death is told a little later: when a cut heals each side hears that it counts
/// as dead on the other one, and those who are said to be dead speak up at once. For one caller at a time.
/// </summary>
internal sealed class MemberNotices(TimeProvider clock, ILogger log)
{
    /// <summary>For the word of a death to reach whom it is about, and that one's own to come back.</summary>
    internal static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    /// <summary>Who died and is not told yet, and since when that is known.</summary>
    private readonly Dictionary<NodeId, (Member Member, long Since)> _dead = [];

    /// <summary>Whose death was told: nobody else can be alive again.</summary>
    private readonly HashSet<NodeId> _told = [];

    /// <summary>Whose suspicion was told, and not yet what came of it.</summary>
    private readonly HashSet<NodeId> _suspected = [];

    /// <summary>When the next death is to be told, from now; null where none is.</summary>
    public TimeSpan? NextIn => _dead.Count == 0 ? null : _dead.Values.Min(dead => Grace - clock.GetElapsedTime(dead.Since));

    /// <summary>A member's state has changed.</summary>
    public void Take(Member member)
    {
        _dead.Remove(member.Id);
        if (member.State is MemberState.Dead)
            _dead[member.Id] = (member, clock.GetTimestamp());
        else if (member.State is MemberState.Suspect)
            TellSuspicion(member.Id);
        else if (member.State is MemberState.Alive && _told.Remove(member.Id))
            log.LivesAgain(member);
        else if (member.State is MemberState.Alive && _suspected.Remove(member.Id))
            log.AnsweredAfterAll(member.Id);
        else
            log.MemberIs(member);
    }

    /// <summary>A member is listed no more.</summary>
    public void Forget(NodeId id)
    {
        _dead.Remove(id);
        _told.Remove(id);
        _suspected.Remove(id);
    }

    private void TellSuspicion(NodeId id)
    {
        _suspected.Add(id);
        log.IsSuspect(id);
    }

    /// <summary>Tells those deaths that nobody has denied meanwhile.</summary>
    public void TellDeaths()
    {
        if (_dead.Count == 0)
            return;
        foreach (var (id, (member, since)) in _dead.ToList())
        {
            if (clock.GetElapsedTime(since) < Grace || !_dead.Remove(id))
                continue;
            _told.Add(id);
            _suspected.Remove(id);
            log.IsDead(member);
        }
    }
}
