using System.Collections.Immutable;
using System.Diagnostics;

namespace P2PNode.Core.Election;

/// <summary>
/// Agrees with its peers on the lowest live ID as the leader (design 3; <c>docs/election.md</c>). Pure: time and luck
/// come with each step, all that is to be done goes out as effects. Not thread-safe.
/// </summary>
/// <remarks>
/// What peers say is never trusted to make sense: it is used, answered or ignored, but does not throw.
/// </remarks>
public sealed partial class ElectionMachine
{
    private readonly ElectionOptions _options;
    private readonly ElectionRules _rules;
    private readonly HoldDown _holdDown;
    private readonly CutOffMembers _cutOff;
    private readonly Peers _peers;
    private readonly List<ElectionEffect> _effects = [];

    private NodeId? _accepted;
    private Epoch _highestSeen;
    private TimeSpan _mayClaimAt;
    private bool _caughtUp;

    private TimeSpan _now;
    private double _luck;
    private TimeSpan _wakeAt;
    private TimeSpan _paused;

    /// <param name="self">This node.</param>
    /// <param name="past">What it remembers of the time before its start.</param>
    /// <param name="options">The patience; where nodes differ in it, the slower ones are waited for.</param>
    /// <param name="start">The time of the start, by the clock of <see cref="Moment.Now"/>.</param>
    public ElectionMachine(NodeId self, ElectionPast past, ElectionOptions options, TimeSpan start)
        : this(self, past, options, start, new ElectionRules())
    {
    }

    internal ElectionMachine(
        NodeId self, ElectionPast past, ElectionOptions options, TimeSpan start, ElectionRules rules)
    {
        (Self, _options, _rules) = (self, options, rules);
        _peers = new Peers(options);
        _holdDown = new HoldDown(options, rules);
        _cutOff = new CutOffMembers(options, rules);
        (Epoch, _accepted, _highestSeen) = (past.Epoch, past.Leader, past.Epoch);
        (_now, _wakeAt, _startedAt, _changedAt) = (start, start, start, start);

        // Clocks may have been set meanwhile: whatever they say, the wait is no longer than between two claims.
        var sinceClaim = past.SinceClaim > TimeSpan.Zero ? past.SinceClaim : TimeSpan.Zero;
        var wait = rules.BetweenClaims(options) - sinceClaim;
        _mayClaimAt = wait > TimeSpan.Zero ? start + wait : start;
        if (past.Leader == self)
            _holdDown.CountLoss(self, start);
    }

    public NodeId Self { get; }

    public Role Role { get; private set; } = Role.Joining;

    /// <summary>The leader that this node accepts and hears, itself included; null while there is none.</summary>
    public NodeId? Leader { get; private set; }

    /// <summary>The greatest epoch accepted, on disk as soon as the effects of the step are carried out.</summary>
    public Epoch Epoch { get; private set; }

    /// <summary>
    /// When the next <see cref="Tick"/> is due, by the clock of <see cref="Moment.Now"/>; at most one heartbeat ahead, so
    /// that a pause of this process can be told.
    /// </summary>
    public TimeSpan WakeAt => _wakeAt + _paused;

    /// <summary>
    /// The leader that others say they hear while this node cannot reach it, so that it has none; else null (rule 7).
    /// </summary>
    public NodeId? CannotReachLeader =>
        _candidacy?.LeaderHeardByOthers(_now, _options.Silence) ?? (_candidacy is null ? null : LeaderHeardByTheFull);

    /// <summary>
    /// The lowest peer that has no room for this node and shows by that, or by the leader that it hears, that this node must
    /// not lead; null where there is none, or a leader is heard (rule 8).
    /// </summary>
    public NodeId? FindsNoRoomAt => _candidacy is null ? null : FullOfBetter.Select(peer => (NodeId?)peer.Id).FirstOrDefault();

    /// <summary>
    /// The members that the driver should have links with: the leader for a follower; for everyone else, and for a
    /// follower that will ask to lead itself, all in a small network, in a large one the lowest and who is said to lead.
    /// </summary>
    public ImmutableSortedSet<NodeId> LinksWanted => (Role, Leader) switch
    {
        (Role.Follower, { } leader) when leader < Self => [leader],
        (Role.Follower, { } leader) => _peers.Sought().Add(leader),
        _ => _peers.Sought(),
    };

    /// <summary>Whether an order that a node gives as the leader of an epoch may be carried out here.</summary>
    public bool Admits(Epoch epoch, NodeId leader) => epoch == Epoch && leader == _accepted;

    /// <summary>How long a node must follow, in this node's view, before it may ask to lead (rule 5).</summary>
    internal TimeSpan HoldDownOf(NodeId node) => _holdDown.For(node, _now);

    private bool Leads => Role is Role.Leader or Role.Yielding;

    /// <summary>Takes in what happened and does what is due.</summary>
    /// <returns>What the driver must do, in this order, before the next step.</returns>
    public IReadOnlyList<ElectionEffect> Step(Moment at, ElectionInput input)
    {
        var (epoch, leader) = (Epoch, Leader);
        _effects.Clear();
        (_now, _luck) = (at.Now - _paused, at.Luck);

        ForgivePause();
        React(input);
        _peers.Seek(_now);
        DoWhatIsDue();
        Conclude(epoch, leader);
        return _effects.ToArray();
    }

    private void React(ElectionInput input)
    {
        switch (input)
        {
            case Tick:
                break;
            case Received received:
                Hear(received.From, received.Message);
                break;
            case LinkUp up when up.Peer != Self:
                Link(_peers.Know(up.Peer), up.Heartbeat);
                break;
            case LinkDown down when down.Peer != Self:
                Unlink(_peers.Know(down.Peer), down.End, down.End is LinkEnd.Full ? down.Leader : null);
                break;
            case LinkUp or LinkDown: // A second process with this ID is no peer.
                break;
            case MembersKnown known:
                Know(known.Members.Remove(Self));
                break;
            case CatalogueCaughtUp caughtUp:
                _caughtUp = caughtUp.Value;
                break;
            case YieldPrepared prepared:
                FinishYield(prepared.To);
                break;
            default:
                throw new UnreachableException($"Unknown input {input}.");
        }
    }

    private void DoWhatIsDue()
    {
        _wakeAt = _now + _options.Heartbeat;
        if (Role is Role.Joining && HasLookedAround)
            Stand(lastLeader: null);
        if (Role is Role.Follower)
            Follow();
        if (Role is Role.Electing)
            Campaign(_candidacy!);
        if (Leads)
            Lead();
    }

    /// <summary>Whether a time has come; where not, the next tick will come no later than it.</summary>
    private bool Due(TimeSpan time)
    {
        if (time <= _now)
            return true;
        if (time < _wakeAt)
            _wakeAt = time;
        return false;
    }

    /// <summary>Derives what others must learn by comparing before and after.</summary>
    private void Conclude(Epoch epoch, NodeId? leader)
    {
        if ((Epoch, Leader) == (epoch, leader))
            return;

        if (!Leads)
        {
            foreach (var peer in _peers.Linked)
                Say(peer.Id, new Following(Leader) { Epoch = Epoch });
        }

        _effects.Add(new LeaderChanged(Epoch, Leader));

        // First of all: once a peer knows of the epoch, a restart must not go back behind it.
        if (Epoch != epoch && _accepted is { } accepted)
            _effects.Insert(0, new PersistEpoch(Epoch, accepted));
    }

    private void Say(NodeId to, ElectionMessage message) => _effects.Add(new Send(to, message));

    /// <summary>Keeps nodes that found out at the same instant from acting at the same instant.</summary>
    private TimeSpan Jitter(TimeSpan atMost) => _luck * atMost;
}
