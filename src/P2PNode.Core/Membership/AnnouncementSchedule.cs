namespace P2PNode.Core.Membership;

/// <summary>
/// When a node announces itself on the local network: often at first and wherever it is new, then now and then, and at
/// once for a member that it did not know. Not safe for concurrent use.
/// </summary>
/// <param name="start">When the node starts, as a time since then: it announces itself at once.</param>
/// <param name="calmPause">The pause in the long run, a sixth more or less, so that nodes which started together spread.</param>
public sealed class AnnouncementSchedule(TimeSpan start, TimeSpan calmPause)
{
    /// <summary>However much happens, no two announcements are closer.</summary>
    public static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(2);

    /// <summary>While the node is new, at most: a packet that is lost costs no more than this.</summary>
    public static readonly TimeSpan EagerPause = TimeSpan.FromSeconds(3);

    public static readonly TimeSpan EagerFor = TimeSpan.FromSeconds(30);

    /// <summary>The usual pause in the long run, and the longest: others forget who is not heard for a minute.</summary>
    public static readonly TimeSpan UsualPause = TimeSpan.FromSeconds(30);

    private const double Jitter = 1.0 / 6;

    private TimeSpan _eagerUntil = start + EagerFor;
    private TimeSpan? _last;

    /// <summary>When the next announcement is due.</summary>
    public TimeSpan DueAt { get; private set; } = start;

    /// <summary>The node has an address that it had not, or lost one: it is new where it is now.</summary>
    public void AddressesChanged(TimeSpan now)
    {
        _eagerUntil = now + EagerFor;
        Hurry(now);
    }

    /// <summary>A member that was not known has proven who it is: it may know nobody else yet.</summary>
    public void MemberAppeared(TimeSpan now) => Hurry(now);

    public void Announced(Moment at)
    {
        _last = at.Now;
        var isEager = at.Now < _eagerUntil && calmPause > EagerPause;
        var pause = isEager ? EagerPause * (1 - Jitter * at.Luck) : calmPause * (1 + Jitter * (2 * at.Luck - 1));
        DueAt = at.Now + (pause > ShortestPause ? pause : ShortestPause);
    }

    private void Hurry(TimeSpan now)
    {
        var soonest = _last + ShortestPause is { } earliest && earliest > now ? earliest : now;
        if (soonest < DueAt)
            DueAt = soonest;
    }
}
