using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace P2PNode.Core.Membership;

/// <summary>
/// All members that a node knows, itself included. Not safe for concurrent use; the records it gives away are immutable.
/// </summary>
/// <remarks>
/// What is told of a member is taken if its incarnation is higher; at the same incarnation the worse state wins, so that
/// news may arrive in any order and more than once with one outcome. Two witnesses win at the same incarnation with a
/// better state too: this node itself, when it meets the member, and the leader, who has a link to everybody. Of this
/// node nobody else is believed: what is told of it falsely is refuted with a higher incarnation (SWIM: Das, Gupta and
/// Motivala 2002, section 4.2).
/// A member's address is the one that it gave to this node itself, else the one in nodes.json, else the one told.
/// Who was gone for long can be forgotten: it is listed no more, but no news of the lives that are over brings it back.
/// </remarks>
public sealed class MemberTable
{
    /// <summary>The members in nodes.json: their addresses are not taken from hearsay.</summary>
    private readonly Dictionary<NodeId, (string Host, int Port)> _configured = [];

    private readonly FormerLives _former = new();

    /// <summary>Shared with the tables that were made of this one, as far as they do not differ.</summary>
    private ImmutableSortedDictionary<NodeId, Member> _members;

    /// <summary>Starts with this node alone, alive, at the incarnation that was made durable for this start.</summary>
    public MemberTable(Member self)
        : this(self, ImmutableSortedDictionary<NodeId, Member>.Empty, [], [], 0)
    {
    }

    /// <summary>Starts with what another table holds, in memory that both share until they differ.</summary>
    public MemberTable(Member self, MemberTable known)
        : this(self, known._members, known.Alive, known.Gone, known.Digest)
    {
    }

    private MemberTable(Member self, ImmutableSortedDictionary<NodeId, Member> members, ImmutableSortedSet<NodeId> alive, ImmutableSortedSet<NodeId> gone, ulong digest)
    {
        (Id, _members, Alive, Gone, Digest) = (self.Id, members, alive, gone, digest);
        var started = self with { State = MemberState.Alive };
        if (!members.TryGetValue(Id, out var known) || known != started)
            Set(known, started);
    }

    public NodeId Id { get; }

    /// <summary>This node's own row. Its incarnation must be durable before it is told to anybody.</summary>
    public Member Self => _members[Id];

    /// <summary>Everybody in ascending order of ID, as known at this moment.</summary>
    public IEnumerable<Member> Members => _members.Values;

    public int Count => _members.Count;

    /// <summary>Those that live as far as is known, this node included.</summary>
    public ImmutableSortedSet<NodeId> Alive { get; private set; }

    /// <summary>Those that are dead or have left, and those that nobody has met yet.</summary>
    public ImmutableSortedSet<NodeId> Gone { get; private set; }

    /// <summary>
    /// Stands for who lives, and in which life: where two tables have the same one, they say the same. Who is gone does
    /// not count, as not everybody forgets it at the same time; nor whether somebody falls silent, and where it is.
    /// </summary>
    public ulong Digest { get; private set; }

    public bool TryGet(NodeId id, [NotNullWhen(true)] out Member? member) => _members.TryGetValue(id, out member);

    /// <summary>nodes.json gives a member's address. One that is not known yet counts as dead until it is met.</summary>
    public MemberChange? Configure(NodeId id, string host, int port)
    {
        if (id == Id)
            return null;

        _configured[id] = (host, port);
        var before = _members.GetValueOrDefault(id);
        return Set(before, (before ?? new Member { Id = id, Host = host, Port = port }) with { Host = host, Port = port });
    }

    /// <summary>
    /// The member itself speaks to this node, and says where it listens and which life it is in: it is alive, whatever
    /// was told. Should its incarnation be behind, the known one stays; tell it, and it will refute with a higher one.
    /// </summary>
    public MemberChange? Meet(Member speaker)
    {
        if (speaker.Id == Id)
            return null;

        var before = _members.GetValueOrDefault(speaker.Id);
        return Set(before, speaker with
        {
            State = MemberState.Alive,
            Incarnation = Math.Max(speaker.Incarnation, before?.Incarnation ?? _former.Of(speaker.Id)),
            LastSeenTicks = Later(before?.LastSeenTicks, speaker.LastSeenTicks),
            Name = speaker.Name ?? before?.Name,
        });
    }

    /// <summary>A member that this node had contact with fell silent, is gone, or said goodbye.</summary>
    public MemberChange? Miss(NodeId id, MemberState state) =>
        id != Id && _members.TryGetValue(id, out var before) && before.State < state
            ? Set(before, before with { State = state })
            : null;

    /// <summary>Somebody who was asked had an answer of a suspect: it lives.</summary>
    public MemberChange? Vouch(NodeId id) =>
        id != Id && _members.TryGetValue(id, out var before) && before.State is MemberState.Suspect
            ? Set(before, before with { State = MemberState.Alive })
            : null;

    /// <summary>
    /// A member was gone for so long that it need not be listed any more; false where nodes.json names it, or it is not
    /// gone. Whatever is told of that life of it from now on is passed over.
    /// </summary>
    public bool Forget(NodeId id)
    {
        if (_configured.ContainsKey(id) || !Gone.Contains(id))
            return false;
        _former.End(id, _members[id].Incarnation);
        (_members, Gone) = (_members.Remove(id), Gone.Remove(id));
        return true;
    }

    /// <summary>The last life of a member, listed or forgotten; 0 where none is known.</summary>
    public long LastLifeOf(NodeId id) => _members.TryGetValue(id, out var member) ? member.Incarnation : _former.Of(id);

    /// <summary>A member was heard at a time, in ticks of 100 ns since 0001-01-01 UTC; nothing else of it is news.</summary>
    public void Sight(NodeId id, long ticks)
    {
        if (id != Id && _members.TryGetValue(id, out var member))
            _members = _members.SetItem(id, member with { LastSeenTicks = Later(member.LastSeenTicks, ticks) });
    }

    /// <summary>Somebody else, or a file, tells of members.</summary>
    public ImmutableArray<MemberChange> Hear(IEnumerable<Member> told) => Take(told, fromLeader: false);

    /// <summary>
    /// As <see cref="Hear"/>, but who was not known and is gone already is not listed: otherwise each newcomer would keep
    /// the dead for the next one.
    /// </summary>
    public ImmutableArray<MemberChange> HearOfTheLiving(IEnumerable<Member> told)
    {
        var news = told.ToLookup(member => member.State >= MemberState.Dead && member.Incarnation > 0 && !_members.ContainsKey(member.Id));
        foreach (var gone in news[true])
            _former.End(gone.Id, gone.Incarnation);
        return Hear(news[false]);
    }

    /// <summary>The leader tells of the members; its word on who lives counts as this node's own.</summary>
    public ImmutableArray<MemberChange> HearLeader(IEnumerable<Member> roster) => Take(roster, fromLeader: true);

    /// <summary>
    /// The leader says that a member lives: in an earlier life than this node has met, or in the one that counts as over
    /// here. Two processes said to be that member, as of a copied folder, and the leader took the other one. What
    /// nodes.json says of its address stays.
    /// </summary>
    public MemberChange? SetBack(Member told)
    {
        if (told.Id == Id || told.State is not MemberState.Alive || !_members.TryGetValue(told.Id, out var before))
            return null;
        if (told.Incarnation > before.Incarnation || (told.Incarnation == before.Incarnation && before.State is MemberState.Alive))
            return null;

        var (host, port) = _configured.TryGetValue(told.Id, out var configured) ? configured : (told.Host, told.Port);
        return Set(before, told with
        {
            Host = host,
            Port = port,
            Name = told.Name ?? before.Name,
            LastSeenTicks = Later(before.LastSeenTicks, told.LastSeenTicks),
        });
    }

    private ImmutableArray<MemberChange> Take(IEnumerable<Member> told, bool fromLeader) =>
        [.. told.Select(member => member.Id == Id ? Refute(member) : Take(member, fromLeader)).OfType<MemberChange>()];

    private MemberChange? Take(Member told, bool fromLeader)
    {
        if (!_members.TryGetValue(told.Id, out var before))
        {
            var isOver = !fromLeader && _former.Of(told.Id) is > 0 and var last && told.Incarnation <= last;
            return !isOver && _members.Count < NodeId.MostInNetwork ? Set(null, told) : null;
        }

        var after = before with { LastSeenTicks = Later(before.LastSeenTicks, told.LastSeenTicks) };
        if (told.Incarnation > before.Incarnation)
        {
            var address = _configured.ContainsKey(told.Id) ? before : told;
            after = after with { Host = address.Host, Port = address.Port, Name = told.Name ?? before.Name };
            after = after with { Incarnation = told.Incarnation, State = told.State };
        }
        else if (told.Incarnation == before.Incarnation && (fromLeader || told.State > before.State))
        {
            after = after with { State = told.State };
        }

        return Set(before, after);
    }

    private MemberChange? Refute(Member told)
    {
        var news = told.Incarnation > Self.Incarnation
            || (told.Incarnation == Self.Incarnation && told.State != MemberState.Alive);

        // No life comes after the last number, so whoever tells of it cannot be answered.
        return news && told.Incarnation < long.MaxValue
            ? Set(Self, Self with { Incarnation = told.Incarnation + 1 })
            : null;
    }

    /// <summary>Stores the row. That a member was seen again is no change to report.</summary>
    private MemberChange? Set(Member? before, Member after)
    {
        _members = _members.SetItem(after.Id, after);
        if (after.State is MemberState.Alive)
            Alive = Alive.Add(after.Id);
        else if (before?.State is MemberState.Alive)
            Alive = Alive.Remove(after.Id);
        if (after.State >= MemberState.Dead)
            Gone = Gone.Add(after.Id);
        else if (before?.State >= MemberState.Dead)
            Gone = Gone.Remove(after.Id);
        Digest += Weight(after) - (before is null ? 0 : Weight(before));
        return before is null || before with { LastSeenTicks = after.LastSeenTicks } != after
            ? new MemberChange(before, after)
            : null;
    }

    /// <summary>Spread evenly over all numbers (SplitMix64), so that sums of them differ.</summary>
    private static ulong Weight(Member member) => member.State < MemberState.Dead
        ? SplitMix64.Mix(SplitMix64.Mix((ulong)member.Id.Value) + (ulong)member.Incarnation)
        : 0;

    private static long? Later(long? left, long? right) => left is null || right > left ? right : left;
}
