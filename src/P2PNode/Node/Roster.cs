using P2PNode.Core;
using P2PNode.Core.Membership;

namespace P2PNode.Node;

/// <summary>The members that this node knows, for many readers and writers.</summary>
/// <param name="table">Them, and which news of them wins.</param>
/// <param name="clock">Says when each was heard.</param>
/// <param name="isOpen">
/// Whether the network forms itself: who is gone is found out by several then, and the leader's word is one among others.
/// </param>
internal sealed class Roster(MemberTable table, TimeProvider clock, bool isOpen = false)
{
    private readonly Lock _gate = new();

    /// <summary>Whom the leader said last to live, as it said it.</summary>
    private readonly Dictionary<NodeId, Member> _aliveByLeader = [];

    /// <summary>Something other than the time of a sighting changed.</summary>
    public event Action? Changed;

    public NodeId Self => table.Id;

    public Member[] All()
    {
        lock (_gate)
            return [.. table.Members];
    }

    /// <summary>Those who live, this node included, ascending.</summary>
    public NodeId[] Alive()
    {
        lock (_gate)
            return [.. table.Alive];
    }

    /// <summary>What is known of a member, or of this node itself; null where nothing is.</summary>
    public Member? Find(NodeId id)
    {
        lock (_gate)
            return table.TryGet(id, out var member) ? member : null;
    }

    public NodeAddress? AddressOf(NodeId id)
    {
        lock (_gate)
            return table.TryGet(id, out var member) ? new NodeAddress(member.Host, member.Port) : null;
    }

    public bool IsAlive(NodeId id)
    {
        lock (_gate)
            return table.TryGet(id, out var member) && member.State is MemberState.Alive;
    }

    /// <summary>How long ago a member was last heard; for ever where it never was.</summary>
    public TimeSpan SilentFor(NodeId id)
    {
        lock (_gate)
        {
            return table.TryGet(id, out var member) && member.LastSeenTicks is { } seen
                ? clock.GetUtcNow() - new DateTimeOffset(seen, TimeSpan.Zero)
                : TimeSpan.MaxValue;
        }
    }

    /// <summary>The links know best when their peers were last heard.</summary>
    public void Sight(IEnumerable<Transport.Link> links)
    {
        lock (_gate)
        {
            foreach (var link in links)
                table.Sight(link.Peer.Id, (clock.GetUtcNow() - link.SilentFor).UtcTicks);
        }
    }

    /// <summary>What a peer says of itself at this moment.</summary>
    public Member RowOf(Transport.PeerIdentity peer) => new()
    {
        Id = peer.Id,
        Host = peer.Address.Host,
        Port = peer.Address.Port,
        Incarnation = peer.Incarnation,
        Name = peer.Name.Length > 0 ? peer.Name : null,
        LastSeenTicks = clock.GetUtcNow().Ticks,
    };

    /// <summary>Has the overlay take a step, which nothing else changes the table meanwhile.</summary>
    public IReadOnlyList<OverlayEffect> Step(OverlayMachine machine, Moment at, OverlayInput input)
    {
        IReadOnlyList<OverlayEffect> effects;
        lock (_gate)
            effects = machine.Step(at, input);
        if (effects.Any(effect => effect is MemberChanged or MemberForgotten))
            Changed?.Invoke();
        return effects;
    }

    /// <summary>A peer names others that may be there.</summary>
    public void Hear(IReadOnlyCollection<Protocol.PeerHint> hints) => Hear(
        hints.Select(hint => new Member { Id = hint.Id, Host = hint.Address.Host, Port = hint.Address.Port }).ToList());

    /// <summary>Somebody other than the leader tells of members.</summary>
    public void Hear(IReadOnlyCollection<Member> told) => Change(() => table.Hear(told).Length > 0);

    public void Miss(NodeId id, MemberState state) => Change(() => table.Miss(id, state) is not null);

    /// <summary>The leader tells of members. Of who is linked with this node a life that was met counts, though the leader does not know it yet.</summary>
    public void HearLeader(IReadOnlyCollection<Member> told, Func<NodeId, bool> isLinked) => Change(() =>
    {
        if (isOpen)
            return table.HearOfTheLiving(told).Length > 0;
        var changed = table.HearLeader(told).Length > 0;
        foreach (var member in told)
        {
            if (member.State is MemberState.Alive && table.TryGet(member.Id, out _))
                _aliveByLeader[member.Id] = member;
            else
                _aliveByLeader.Remove(member.Id);
            changed |= !isLinked(member.Id) && SetBack(member.Id);
        }

        return changed;
    });

    /// <summary>There is no link with a member any more, so that the leader knows better which life it lives.</summary>
    public void Part(NodeId id) => Change(() => SetBack(id));

    private bool SetBack(NodeId id) => _aliveByLeader.TryGetValue(id, out var told) && table.SetBack(told) is not null;

    private void Change(Func<bool> change)
    {
        bool changed;
        lock (_gate)
            changed = change();
        if (changed)
            Changed?.Invoke();
    }
}
