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

    /// <summary>When the next death is to be told, from now; null where none is.</summary>
    public TimeSpan? NextIn => _dead.Count == 0 ? null : _dead.Values.Min(dead => Grace - clock.GetElapsedTime(dead.Since));

    /// <summary>A member's state has changed.</summary>
    public void Take(Member before, Member after)
    {
        var wasUntold = _dead.Remove(after.Id);
        if (after.State is MemberState.Dead)
            _dead[after.Id] = (after, clock.GetTimestamp());
        else if (after.State is MemberState.Suspect)
            log.IsSuspect(after.Id);
        else if (after.State is MemberState.Alive && before.State is MemberState.Suspect)
            log.AnsweredAfterAll(after.Id);
        else if (after.State is MemberState.Alive && before.State is MemberState.Dead && !wasUntold)
            log.LivesAgain(after);
        else
            log.MemberIs(after);
    }

    /// <summary>Tells those deaths that nobody has denied meanwhile.</summary>
    public void TellDeaths()
    {
        if (_dead.Count == 0)
            return;
        foreach (var (id, (member, since)) in _dead.ToList())
        {
            if (clock.GetElapsedTime(since) >= Grace && _dead.Remove(id))
                log.IsDead(member);
        }
    }
}
