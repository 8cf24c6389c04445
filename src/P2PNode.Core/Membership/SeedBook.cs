namespace P2PNode.Core.Membership;

/// <summary>
/// Who is registered with one seed: a pure structure, to which time is told. Registrations lapse when they are not
/// renewed. A member is dropped as dead on the reports of two observers, or on one and a probe by the seed that failed;
/// with a higher incarnation it comes back. Not safe for concurrent use.
/// </summary>
/// <param name="lapseAfter">A registration that was not renewed for so long lapses.</param>
/// <param name="most">How many members are kept, the dead ones among them. Beyond that newcomers are refused.</param>
public sealed class SeedBook(TimeSpan lapseAfter, int most = NodeId.MostInNetwork)
{
    /// <summary>A member renews its registration so often, unless it is set to something else.</summary>
    public static readonly TimeSpan UsualRenewal = TimeSpan.FromSeconds(30);

    /// <summary>A seed drops who has not renewed for so long, unless it is set to something else: four renewals were missed.</summary>
    public static readonly TimeSpan UsualLapse = TimeSpan.FromMinutes(2);

    /// <summary>For so long it is remembered that a member died, so that it is told when it registers with the same incarnation.</summary>
    public static readonly TimeSpan ForgetDeadAfter = TimeSpan.FromHours(1);

    /// <summary>Whoever reports a member again and again does not have it dialled each time.</summary>
    public static readonly TimeSpan ProbeAtMostEvery = TimeSpan.FromSeconds(10);

    /// <summary>For so long a report waits for that of a second observer.</summary>
    private static readonly TimeSpan AccusationCounts = TimeSpan.FromMinutes(2);

    private readonly SortedDictionary<NodeId, Entry> _entries = [];

    /// <summary>Everybody who is registered, ascending by ID. Do not change the book while enumerating.</summary>
    public IEnumerable<Member> Members => _entries.Values.Where(entry => entry.IsAlive).Select(entry => entry.Member);

    /// <summary>How many are registered.</summary>
    public int Count { get; private set; }

    /// <summary>
    /// A member registers, or renews that. It is refused while the book is full, while it says less than it once said, and
    /// as long as it is in the life in which it was found dead.
    /// </summary>
    public SeedNews Register(TimeSpan now, Member member)
    {
        var before = _entries.GetValueOrDefault(member.Id);
        if (before is null && _entries.Count >= most && !ForgetOneDead())
            return new SeedFull(member);
        if (before is not null && (member.Incarnation < before.Member.Incarnation || (!before.IsAlive && member.Incarnation == before.Member.Incarnation)))
            return new SeedOutdated(before.Member);

        var isNewLife = before is null || member.Incarnation > before.Member.Incarnation;
        var entry = new Entry(member with { State = MemberState.Alive, LastSeenTicks = null }, now);
        if (!isNewLife)
            (entry.Accusation, entry.ProbedAt) = (before!.Accusation, before.ProbedAt); // That it renews by a connection which stands does not say that others can dial it.
        Put(before, entry);
        return before is { IsAlive: true } && !isNewLife && IsSamePlace(before.Member, member)
            ? new SeedRenewed(member)
            : new SeedRegistered(member, before is { IsAlive: true } ? before.Member : null);
    }

    /// <summary>A list that was kept on the disk: each in it has as long to register again as if it had renewed now.</summary>
    public void Restore(TimeSpan now, IEnumerable<Member> members)
    {
        foreach (var member in members.Where(member => _entries.Count < most && !_entries.ContainsKey(member.Id)))
            Put(null, new Entry(member with { State = MemberState.Alive, LastSeenTicks = null }, now));
    }

    /// <summary>Somebody found a member dead in one of its lives: the first report asks for a probe, that of a second observer decides.</summary>
    public SeedNews Report(TimeSpan now, NodeId observer, NodeId id, long incarnation)
    {
        if (observer == id || Find(id) is not { } entry || incarnation < entry.Member.Incarnation)
            return new SeedIgnored();
        if (entry.Accusation is { By: { } by } first && by != observer && now - first.At <= AccusationCounts)
            return Bury(entry);
        entry.Accusation = new Accusation(observer, now);
        if (entry.ProbedAt is { } last && now - last < ProbeAtMostEvery)
            return new SeedIgnored();
        entry.ProbedAt = now;
        return new SeedSuspects(entry.Member);
    }

    /// <summary>
    /// Somebody was told that a member is dead, and found it listed here: asks for a probe, and counts for nothing else, as
    /// many repeat what one has said. Not heeded again so soon, since whoever is cut off from others is repeated all the time.
    /// </summary>
    public SeedNews Repeat(TimeSpan now, NodeId id, long incarnation)
    {
        if (Find(id) is not { } entry || incarnation < entry.Member.Incarnation || (entry.ProbedAt is { } last && now - last <= AccusationCounts))
            return new SeedIgnored();
        entry.Accusation ??= new Accusation(By: null, now);
        entry.ProbedAt = now;
        return new SeedSuspects(entry.Member);
    }

    /// <summary>The seed itself dialled a member that was reported, and found nobody there.</summary>
    public SeedNews ProbeFailed(NodeId id, long incarnation)
    {
        if (Find(id) is not { Accusation: not null } entry || entry.Member.Incarnation != incarnation)
            return new SeedIgnored();
        return Bury(entry);
    }

    /// <summary>The seed itself found the member alive: the reports until now count no more.</summary>
    public void ProbeAnswered(NodeId id)
    {
        if (Find(id) is { } entry)
            entry.Accusation = null;
    }

    /// <summary>A member says goodbye.</summary>
    public SeedNews Leave(NodeId id, long incarnation)
    {
        if (Find(id) is not { } entry || entry.Member.Incarnation != incarnation)
            return new SeedIgnored();
        Remove(entry);
        return new SeedLeft(entry.Member);
    }

    /// <summary>Drops a member that may not be one any more.</summary>
    public void Expel(NodeId id)
    {
        if (_entries.GetValueOrDefault(id) is { } entry)
            Remove(entry);
    }

    /// <summary>Drops who has not renewed in time; tells who that was.</summary>
    public IReadOnlyList<Member> Lapse(TimeSpan now)
    {
        var over = _entries.Values.Where(entry => now - entry.Heard > (entry.IsAlive ? lapseAfter : ForgetDeadAfter)).ToList();
        over.ForEach(Remove);
        return [.. over.Where(entry => entry.IsAlive).Select(entry => entry.Member)];
    }

    private static bool IsSamePlace(Member one, Member other) => one.Port == other.Port && one.Host == other.Host;

    private Entry? Find(NodeId id) => _entries.GetValueOrDefault(id) is { IsAlive: true } entry ? entry : null;

    private SeedDied Bury(Entry entry)
    {
        Put(entry, new Entry(entry.Member with { State = MemberState.Dead }, entry.Heard));
        return new SeedDied(entry.Member);
    }

    private void Put(Entry? before, Entry after)
    {
        Count += (after.IsAlive ? 1 : 0) - (before is { IsAlive: true } ? 1 : 0);
        _entries[after.Member.Id] = after;
    }

    private void Remove(Entry entry)
    {
        _entries.Remove(entry.Member.Id);
        if (entry.IsAlive)
            Count--;
    }

    private bool ForgetOneDead()
    {
        if (_entries.Values.Where(entry => !entry.IsAlive).MinBy(entry => entry.Heard) is not { } oldest)
            return false;
        Remove(oldest);
        return true;
    }

    /// <summary>One member, and when it was heard last: a dead one when it was last alive.</summary>
    private sealed class Entry(Member member, TimeSpan heard)
    {
        public Member Member => member;

        public TimeSpan Heard => heard;

        public bool IsAlive => member.State is MemberState.Alive;

        /// <summary>The last report that it is dead; null while there is none.</summary>
        public Accusation? Accusation { get; set; }

        /// <summary>When it was last to be probed; null if never.</summary>
        public TimeSpan? ProbedAt { get; set; }
    }

    /// <param name="By">Who found it dead; null where that was only repeated.</param>
    /// <param name="At">When that was said.</param>
    private sealed record Accusation(NodeId? By, TimeSpan At);
}
