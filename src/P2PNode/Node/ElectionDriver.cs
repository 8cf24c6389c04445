using System.Threading.Channels;
using P2PNode.Core;
using P2PNode.Core.Election;
using P2PNode.Protocol;
using P2PNode.Transport;
using Serilog;

namespace P2PNode.Node;

/// <summary>
/// Gives the election time, luck and a network, and carries its effects out in their order. Nothing slow is done on its
/// loop but the one write that the rules demand, so that a heartbeat is never late.
/// </summary>
internal sealed class ElectionDriver(
    ElectionMachine machine,
    ElectionMemory memory,
    LinkTable links,
    Dialler dialler,
    TimeProvider clock,
    long started,
    Random random,
    ILogger log)
{
    /// <summary>Peers wait when this many inputs are not yet taken in.</summary>
    private const int MaxInputs = 1024;

    /// <summary>Looked at the clock at least so often.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    private readonly Channel<(Link? Link, ElectionInput Input)> _inputs =
        Channel.CreateBounded<(Link?, ElectionInput)>(new BoundedChannelOptions(MaxInputs) { SingleReader = true });

    /// <summary>The link to each peer that the election knows of; what comes over another is late.</summary>
    private readonly Dictionary<NodeId, Link> _known = [];
    private readonly Lock _gate = new();
    private TaskCompletionSource<Leadership> _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Leadership _now = new(machine.Epoch, null, Role.Joining, null);
    private IReadOnlySet<NodeId> _wanted = new HashSet<NodeId>();

    /// <summary>Asked to finish or checkpoint what must not be cut and to hand over; answers with <see cref="YieldPrepared"/>.</summary>
    public event Action<NodeId>? YieldAsked;

    /// <summary>Who leads at this moment.</summary>
    public Leadership Now
    {
        get
        {
            lock (_gate)
                return _now;
        }
    }

    /// <summary>Waits until the leadership is another than the one given.</summary>
    public async Task<Leadership> ChangeAsync(Leadership known, CancellationToken stop)
    {
        Task<Leadership> next;
        lock (_gate)
        {
            if (_now != known)
                return _now;
            next = _next.Task;
        }

        return await next.WaitAsync(stop);
    }

    /// <summary>Hands an input in; waits while too many are not taken in.</summary>
    public ValueTask PostAsync(ElectionInput input, CancellationToken stop) => _inputs.Writer.WriteAsync((null, input), stop);

    /// <summary>Hands in what came over a link or became of it; waits while too many inputs are not taken in.</summary>
    public ValueTask PostAsync(Link link, ElectionInput input, CancellationToken stop) => _inputs.Writer.WriteAsync((link, input), stop);

    /// <summary>Runs until stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (true)
        {
            var (link, input) = await NextAsync(machine.WakeAt - clock.GetElapsedTime(started), stop);
            if (link is null ? !IsBelied(input) : IsTimely(link, input))
                Step(input);
        }
    }

    private async ValueTask<(Link? Link, ElectionInput Input)> NextAsync(TimeSpan wait, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();

        // The tick comes before the inbox: a flood of messages must not starve the heartbeat.
        if (wait <= TimeSpan.Zero)
            return (null, new Tick());
        if (_inputs.Reader.TryRead(out var next))
            return next;
        using var timer = new CancellationTokenSource(wait < LongestWait ? wait : LongestWait, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, stop);
        try
        {
            return await _inputs.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return (null, new Tick());
        }
    }

    /// <summary>
    /// Whether an input still counts. Word of a link and what comes over it take different ways here: a first message may
    /// overtake the news that its link is up, and one of a link that was replaced may come after the news of the other.
    /// </summary>
    private bool IsTimely(Link link, ElectionInput input)
    {
        var peer = link.Peer.Id;
        var isKnown = _known.GetValueOrDefault(peer) == link;
        if (input is LinkDown)
            return (isKnown || links.Find(peer) is null) && _known.Remove(peer);
        if (isKnown)
            return input is not LinkUp;
        if (links.Find(peer) != link)
            return false;
        _known[peer] = link;
        if (input is not LinkUp)
            Step(new LinkUp(peer) { Heartbeat = link.Peer.Heartbeat });
        return true;
    }

    /// <summary>Whether a dial failed while the peer's own made a link: the peer is there.</summary>
    private bool IsBelied(ElectionInput input) =>
        input is LinkDown down && (_known.ContainsKey(down.Peer) || links.Find(down.Peer) is not null);

    private void Step(ElectionInput input)
    {
        double luck;
        lock (random)
            luck = random.NextDouble();
        foreach (var effect in machine.Step(new Moment(clock.GetElapsedTime(started), luck), input))
            Apply(effect);
        Publish();
    }

    private void Apply(ElectionEffect effect)
    {
        switch (effect)
        {
            case PersistEpoch persist:
                memory.Write(persist.Epoch, persist.Leader, isClaim: persist.Leader == machine.Self);
                break;
            case Send send:
                links.Find(send.To)?.TrySend(FrameType.Election, ElectionMapping.ToWire(send.Message));
                break;
            case DropLink drop:
                links.Find(drop.Peer)?.ElectionDone();
                break;
            case PrepareYield prepare:
                YieldAsked?.Invoke(prepare.To);
                break;
            case YieldCalledOff:
                break; // What was handed over does no harm; the lead goes on.
            case LeaderChanged changed:
                if (changed.Leader is { } leader)
                    log.LeaderIs(leader, changed.Epoch);
                else
                    log.NoLeader(changed.Epoch);
                break;
        }
    }

    private void TellWhoIsOutOfReach(Leadership now, Leadership before)
    {
        if (now.FindsNoRoomAt is { } full)
        {
            if (before.FindsNoRoomAt != full)
                log.FindsNoRoom(full);
        }
        else if (now.OutOfReach is { } leader && before.OutOfReach != leader)
        {
            log.CannotReachLeader(leader);
        }
    }

    /// <summary>Shows the outcome of a step to the rest of the node.</summary>
    private void Publish()
    {
        var now = new Leadership(machine.Epoch, machine.Leader, machine.Role, machine.CannotReachLeader) { FindsNoRoomAt = machine.FindsNoRoomAt };
        var wanted = machine.LinksWanted;
        if (!wanted.SetEquals(_wanted))
        {
            _wanted = wanted;
            dialler.Want(LinkPurpose.Election, wanted);
        }

        if (now == Now)
            return;
        TellWhoIsOutOfReach(now, Now);
        if (now.Role is Role.Electing)
            dialler.Hurry();
        TaskCompletionSource<Leadership> next;
        lock (_gate)
        {
            next = _next;
            (_now, _next) = (now, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        next.SetResult(now);
    }
}
