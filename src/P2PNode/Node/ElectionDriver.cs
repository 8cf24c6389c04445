using System.Threading.Channels;
using P2PNode.Core;
using P2PNode.Core.Election;
using P2PNode.Protocol;
using P2PNode.Protocol.Messages;
using P2PNode.Transport;
using Serilog;

namespace P2PNode.Node;

/// <summary>
/// Gives the election time, luck and a network, and carries its effects out in their order. Nothing slow is done on its
/// loop but the one write that the rules demand, so that a heartbeat is never late.
/// </summary>
internal sealed class ElectionDriver(
    ElectionMachine machine,
    DurableNumbers epochs,
    LinkTable links,
    Dialler dialler,
    TimeProvider clock,
    long started,
    Random random,
    ILogger log)
{
    /// <summary>Peers wait when this many inputs are not yet taken in.</summary>
    private const int MaxInputs = 1024;

    private readonly Channel<ElectionInput> _inputs = Channel.CreateBounded<ElectionInput>(new BoundedChannelOptions(MaxInputs) { SingleReader = true });
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
    public ValueTask PostAsync(ElectionInput input, CancellationToken stop) => _inputs.Writer.WriteAsync(input, stop);

    /// <summary>Runs until stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (true)
        {
            var input = await NextAsync(machine.WakeAt - clock.GetElapsedTime(started), stop);
            double luck;
            lock (random)
                luck = random.NextDouble();
            var effects = machine.Step(new Moment(clock.GetElapsedTime(started), luck), input);
            foreach (var effect in effects)
                Apply(effect);
            Publish();
        }
    }

    private async ValueTask<ElectionInput> NextAsync(TimeSpan wait, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();

        // The tick comes before the inbox: a flood of messages must not starve the heartbeat.
        if (wait <= TimeSpan.Zero)
            return new Tick();
        if (_inputs.Reader.TryRead(out var input))
            return input;
        using var timer = new CancellationTokenSource(wait, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, stop);
        try
        {
            return await _inputs.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return new Tick();
        }
    }

    private void Apply(ElectionEffect effect)
    {
        switch (effect)
        {
            case PersistEpoch persist:
                epochs.Write(persist.Epoch.Value, persist.Leader.Value);
                break;
            case Send send:
                links.Find(send.To)?.TrySend(FrameType.Election, ElectionMapping.ToWire(send.Message));
                break;
            case DropLink drop:
                links.Find(drop.Peer)?.Close(GoodbyeReason.NotNeeded);
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

    /// <summary>Shows the outcome of a step to the rest of the node.</summary>
    private void Publish()
    {
        var now = new Leadership(machine.Epoch, machine.Leader, machine.Role, machine.CannotReachLeader);
        var wanted = machine.LinksWanted;
        if (!wanted.SetEquals(_wanted))
        {
            _wanted = wanted;
            dialler.Want(wanted);
        }

        if (now == Now)
            return;
        if (now.OutOfReach is { } leader && Now.OutOfReach != leader)
            log.CannotReachLeader(leader);
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
