using P2PNode.Core;
using P2PNode.Core.Membership;
using P2PNode.Protocol;
using P2PNode.Transport;
using Serilog;
using Member = P2PNode.Core.Membership.Member;

namespace P2PNode.Node;

/// <summary>
/// Gives the overlay time, luck and links, and carries its effects out in their order. Steps are taken at once on the
/// thread that brings the news, one at a time: none of them waits, but for the write of a new incarnation.
/// </summary>
internal sealed class OverlayDriver(
    OverlayMachine machine,
    Roster roster,
    LinkTable links,
    Dialler dialler,
    Incarnations incarnations,
    TimeProvider clock,
    long started,
    Random random,
    ILogger log)
{
    private readonly Lock _gate = new();

    /// <summary>The link to each peer that the overlay knows of; what comes over another is late.</summary>
    private readonly Dictionary<NodeId, Link> _known = [];
    private readonly Signal _sooner = new();
    private readonly MemberNotices _notices = new(clock, log);
    private IReadOnlyCollection<NodeId> _neighbours = [];
    private TimeSpan _wakeAt;

    /// <summary>What was told last: a text goes to several neighbours as one object.</summary>
    private (OverlayMessage? Message, (FrameType Type, Google.Protobuf.IMessage Message) Wire) _told;

    /// <summary>Whether the last text of this node's user was taken.</summary>
    private bool _isSaid;

    /// <summary>This node could not reach a member that is dead now: the seeds want to know.</summary>
    public event Action<NodeId, long>? DeathWitnessed;

    /// <summary>Runs until stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (true)
        {
            using var due = CancellationTokenSource.CreateLinkedTokenSource(stop);
            var timer = Task.Delay(Wait(), clock, due.Token);
            await Task.WhenAny(timer, _sooner.WaitAsync(due.Token).AsTask());
            await due.CancelAsync();
            stop.ThrowIfCancellationRequested();
            lock (_gate)
                Step(new TimePassed());
        }
    }

    /// <summary>A peer spoke on a link of its own.</summary>
    public void Opened(Link link)
    {
        lock (_gate)
            Know(link);
    }

    /// <summary>A link is gone, and no other one took its place: the machine hears of it, and where that says so the roster.</summary>
    /// <param name="link">The one that ended.</param>
    /// <param name="fate">How.</param>
    /// <param name="missed">What its peer is now, to the roster; null where its end says nothing of that.</param>
    public void Closed(Link link, LinkFate fate, MemberState? missed)
    {
        var peer = link.Peer.Id;
        lock (_gate)
        {
            // Over the next link a frame may have come before the news that this one ended: the peer lives.
            var hasAnother = links.Find(peer) is not null;
            if (hasAnother && _known.GetValueOrDefault(peer) != link)
                return;
            if (!hasAnother)
                Miss(peer, missed);
            if (_known.Remove(peer))
                Step(new LinkGone(peer, fate));
        }
    }

    /// <summary>A dial came to nothing; of who has a link all the same that says nothing.</summary>
    /// <inheritdoc cref="Closed" path="/param"/>
    public void DialFailed(NodeId peer, LinkFate fate, MemberState? missed)
    {
        lock (_gate)
        {
            if (_known.ContainsKey(peer))
                return;
            Miss(peer, missed);
            Step(new LinkGone(peer, fate));
        }
    }

    /// <summary>Takes what a peer says.</summary>
    public void Take(Link link, OverlayMessage message)
    {
        lock (_gate)
        {
            // Word of a link and what comes over it take different ways here: either may come first.
            if (Know(link))
                Step(new MessageCame(link.Peer.Id, message));
        }
    }

    /// <summary>A file, a seed or discovery tells of members.</summary>
    public void Learn(IEnumerable<Member> told)
    {
        lock (_gate)
            Step(new MembersTold([.. told]));
    }

    /// <summary>Says something to all; false where that is more than others would forward.</summary>
    public bool TrySay(string text)
    {
        lock (_gate)
        {
            _isSaid = false;
            Step(new TextSaid(text));
            return _isSaid;
        }
    }

    /// <summary>In one with the links that the machine knows, as whoever is met over one after that lives.</summary>
    private void Miss(NodeId peer, MemberState? missed)
    {
        if (missed is { } state)
            roster.Miss(peer, state);
    }

    private TimeSpan Wait()
    {
        lock (_gate)
        {
            _wakeAt = machine.WakeAt;
            var wait = _wakeAt - clock.GetElapsedTime(started);
            if (_notices.NextIn < wait)
                wait = _notices.NextIn.Value;
            return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
        }
    }

    /// <summary>Whether a link counts: it is the one to its peer. One that is new is told to the machine.</summary>
    private bool Know(Link link)
    {
        var peer = link.Peer;
        if (_known.GetValueOrDefault(peer.Id) == link)
            return true;
        if (links.Find(peer.Id) != link)
            return false;
        _known[peer.Id] = link;
        Step(new LinkMade(roster.RowOf(peer)));
        return true;
    }

    private void Step(OverlayInput input)
    {
        double luck;
        lock (random)
            luck = random.NextDouble();
        foreach (var effect in roster.Step(machine, new Moment(clock.GetElapsedTime(started), luck), input))
            Apply(effect);
        _notices.TellDeaths();
        HoldNeighbours();
        if (machine.WakeAt < _wakeAt)
            _sooner.Set();
    }

    private void Apply(OverlayEffect effect)
    {
        switch (effect)
        {
            case Tell tell:
                if (!ReferenceEquals(_told.Message, tell.Message))
                    _told = (tell.Message, OverlayMapping.ToWire(tell.Message));
                links.Find(tell.To)?.TrySend(_told.Wire.Type, _told.Wire.Message);
                break;
            case PersistIncarnation persist:
                Persist(persist.Incarnation);
                break;
            case WantLinks want:
                dialler.Want(LinkPurpose.Overlay, want.Peers);
                break;
            case LinkUnused unused:
                links.Find(unused.Peer)?.Gossips(false);
                break;
            case TextHeard heard:
                _isSaid = heard.From == machine.Self;
                log.TextHeard(heard.Id.Origin, heard.From, heard.Text);
                break;
            case TextRefused:
                break; // Whoever said it is told.
            case MemberChanged { Change: { Before: { } before, After: { } after } } when after.State != before.State:
                _notices.Take(after);
                break;
            case MemberChanged:
                break; // Of one that was not known at all.
            case MemberForgotten forgotten:
                _notices.Forget(forgotten.Id);
                break;
            case ReportDeath report:
                DeathWitnessed?.Invoke(report.Id, report.Incarnation);
                break;
        }
    }

    /// <summary>Where it fails the next start may begin with a life that others know already: it hears of that, and takes a later one.</summary>
    private void Persist(long incarnation)
    {
        try
        {
            incarnations.Raise(incarnation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.IncarnationNotKept(e.Message);
        }
    }

    /// <summary>A link to a neighbour outlasts the election that may have made it.</summary>
    private void HoldNeighbours()
    {
        var neighbours = machine.Neighbours;
        foreach (var id in neighbours)
            links.Find(id)?.Gossips(true);
        foreach (var id in _neighbours)
        {
            if (!neighbours.Contains(id))
                links.Find(id)?.Gossips(false);
        }

        _neighbours = neighbours;
    }
}
