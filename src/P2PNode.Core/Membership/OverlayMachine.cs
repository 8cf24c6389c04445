using System.Diagnostics;

namespace P2PNode.Core.Membership;

/// <summary>
/// Keeps this node connected with a few random members, tells it who lives, and carries texts to everyone (design 4;
/// <c>docs/protocol.md</c>, Overlay). Pure: time and luck come with each step, all that is to be done goes out as
/// effects. Not thread-safe; the table that it works on must not change during a step.
/// </summary>
/// <remarks>What peers say is never trusted to make sense: it is used, answered or ignored, but does not throw.</remarks>
public sealed partial class OverlayMachine
{
    private readonly MemberTable _members;
    private readonly OverlayOptions _options;
    private readonly Dice _dice = new();
    private readonly List<OverlayEffect> _effects = [];
    private readonly SortedSet<NodeId> _linked = [];

    private readonly Rhythm _probing;
    private readonly Rhythm _comparing;
    private readonly Rhythm _shuffling;
    private readonly Rhythm _rotating;
    private readonly Rhythm _visiting;
    private readonly Rhythm _forgetting;

    /// <summary>Those that a network of this kind has.</summary>
    private readonly Rhythm[] _rhythms;

    private TimeSpan _now;
    private TimeSpan _paused;
    private bool _hasBegun;

    /// <param name="members">This node and whom it knows; shared with the rest of the node.</param>
    /// <param name="options">How many neighbours, how patient.</param>
    /// <param name="start">The time of the start, by the clock of <see cref="Moment.Now"/>.</param>
    public OverlayMachine(MemberTable members, OverlayOptions options, TimeSpan start)
    {
        (_members, _options, _now) = (members, options, start);
        _neighbours = new Neighbours(options);
        _passive = new PassiveView(options.Passive);
        _graves = new Graves(options.Remember);
        _fresh = new FreshNews(options.Gather);
        _rumours = new RumourLog(members.Id, members.Self.Incarnation, options);
        _startedAt = start;
        (_probing, _comparing, _shuffling) = (new(options.Probe), new(options.Gossip), new(options.Shuffle));
        (_rotating, _visiting, _forgetting) = (new(options.Rotate), new(options.Revisit), new(options.Revisit));
        _rhythms = options.IsLarge ? [_probing, _comparing, _shuffling, _rotating, _visiting, _forgetting] : [_probing, _comparing];
        foreach (var rhythm in _rhythms)
            rhythm.Begin(start, after: 0);
    }

    public NodeId Self => _members.Id;

    /// <summary>
    /// When the next <see cref="TimePassed"/> is due, by the clock of <see cref="Moment.Now"/>; at most one probe ahead,
    /// so that a pause of this process can be told.
    /// </summary>
    public TimeSpan WakeAt => Due + _paused;

    private TimeSpan Due
    {
        get
        {
            var due = _fresh.DueAt ?? TimeSpan.MaxValue;
            foreach (var rhythm in _rhythms)
                due = rhythm.DueAt < due ? rhythm.DueAt : due;
            return due;
        }
    }

    /// <summary>Takes in what happened and does what is due.</summary>
    /// <returns>What the driver must do, in this order, before the next step.</returns>
    public IReadOnlyList<OverlayEffect> Step(Moment at, OverlayInput input)
    {
        _effects.Clear();
        _dice.Cast(at.Luck);
        _now = at.Now - _paused;
        Begin();
        ForgivePause();
        React(input);
        DoWhatIsDue();
        if (_now >= _fresh.DueAt)
            TellNews();
        ReviewLinks();
        return _effects.Count == 0 ? [] : _effects.ToArray();
    }

    private void React(OverlayInput input)
    {
        switch (input)
        {
            case TimePassed:
                break;
            case MessageCame came:
                if (_linked.Contains(came.From))
                    Hear(came.From, came.Message);
                break;
            case LinkMade made when made.Peer.Id != Self:
                Link(made.Peer);
                break;
            case LinkGone gone when gone.Peer != Self:
                Unlink(gone.Peer, gone.Fate);
                break;
            case LinkMade or LinkGone: // A second process with this ID is no peer.
                break;
            case MembersTold told:
                Learn(told.Members);
                break;
            case TextSaid said:
                SayToAll(said.Text);
                break;
            default:
                throw new UnreachableException($"Unknown input {input}.");
        }
    }

    private void Hear(NodeId from, OverlayMessage message)
    {
        switch (message)
        {
            case NeighbourRequest request:
                Accept(from, request.Digest);
                break;
            case NeighbourAnswer answer:
                BeGranted(from, answer.Digest);
                break;
            case Parted:
                BeParted(from);
                break;
            case NeighboursAre told when _neighbours.Find(from) is { } neighbour:
                neighbour.Neighbours = told.Neighbours;
                break;
            case NeighboursAre: // Of one that is no neighbour any more.
                break;
            case Probe:
                Say(from, new ProbeAnswer(_members.Digest, _neighbours.Find(from) is not null));
                break;
            case ProbeAnswer answer:
                BeAnswered(from, answer);
                break;
            case WitnessQuestion question:
                Inquire(from, question);
                break;
            case WitnessAnswer answer:
                HearWitness(from, answer);
                break;
            case MemberNews news:
                HearNews(from, news.Members);
                break;
            case Shuffle shuffle:
                TakeShuffle(from, shuffle);
                break;
            case Rumour rumour:
                HearText(from, rumour);
                break;
            case RumoursKnown known:
                AskForTexts(from, known.Ids);
                break;
            case RumoursMissed missed:
                GiveTexts(from, missed.Ids);
                break;
            default:
                throw new UnreachableException($"Unknown message {message}.");
        }
    }

    /// <summary>Spreads the rounds of nodes that start together.</summary>
    private void Begin()
    {
        if (_hasBegun)
            return;
        _hasBegun = true;
        _probing.Begin(_now, _dice.Next());
        _comparing.Begin(_now, _dice.Next());
        _shuffling.Begin(_now, _dice.Next());
        _rotating.Begin(_now, 0.5 + _dice.Next());
        _visiting.Begin(_now, _dice.Next());
        _forgetting.Begin(_now, after: 0);
    }

    /// <summary>
    /// Time in which this process did not run has not passed for it: otherwise it would take its own silence for that
    /// of others. Inside the machine a clock runs that stands still meanwhile.
    /// </summary>
    private void ForgivePause()
    {
        var late = _now - Due;
        if (late <= _options.MostLate)
            return;
        _now -= late;
        _paused += late;
    }

    /// <summary>Each at its own time: none waits for a slower one.</summary>
    private void DoWhatIsDue()
    {
        if (_comparing.IsDue(_now))
            CompareTexts();
        var isRound = _probing.IsDue(_now);
        if (!_options.IsLarge)
            return;
        if (isRound)
            BeginRound();
        if (_shuffling.IsDue(_now))
            BeginShuffle();
        if (_forgetting.IsDue(_now))
            ForgetLongGone();
        if (_rotating.IsDue(_now))
            Rotate();
        if (_visiting.IsDue(_now))
        {
            PayVisits();
            Repair();
        }
    }

    /// <summary>Looks after the neighbours and what else is waited for.</summary>
    private void BeginRound()
    {
        ProbeNeighbours();
        PressSuspicions();
        PressInquiries();
        GiveUpAsking();
        EndVisits();
        if (_neighbours.Count == 0)
            PayVisits();
        Repair();
    }

    private void Say(NodeId to, OverlayMessage message) => _effects.Add(new Tell(to, message));
}
