using P2PNode.Core;
using P2PNode.Core.Membership;
using P2PNode.Protocol;
using P2PNode.Security;
using P2PNode.Transport;
using Serilog;
using Wire = P2PNode.Protocol.Messages;

namespace P2PNode.Node;

/// <summary>
/// Keeps this node registered with as many seeds as <see cref="SeedChoice"/> says, tells the roster whom they list, and
/// them who died. A seed that is down is left for another, and come back to. Thread-safe.
/// </summary>
/// <param name="seeds">Where they listen.</param>
/// <param name="renewEvery">How often each registration is renewed.</param>
/// <param name="connector">Dials seeds, and nobody else.</param>
/// <param name="self">This node.</param>
/// <param name="hear">Hears of members, and refutes what is told falsely of this node.</param>
/// <param name="known">What this node knows of a member.</param>
/// <param name="own">This node's row; its incarnation is durable.</param>
/// <param name="revocations">The deny list.</param>
/// <param name="clock">Times everything.</param>
/// <param name="random">Chooses.</param>
/// <param name="log">Hears when a registration comes or goes.</param>
internal sealed class SeedClient(
    IReadOnlyList<NodeAddress> seeds, TimeSpan renewEvery, SecureConnector connector, LocalNode self, Action<IReadOnlyCollection<Member>> hear, Func<NodeId, Member?> known, Func<Member> own, Revocations revocations, TimeProvider clock, Random random, ILogger log)
{
    /// <summary>Another loop may have given a seed back that is due sooner.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    /// <summary>A seed that is told that it was revoked hangs up as soon as it has read it.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan ProbePatience = TimeSpan.FromMilliseconds(300);

    private readonly Lock _gate = new();
    private readonly SeedChoice _choice = new(seeds.Count);
    private readonly SeedStatus[] _states = [.. seeds.Select(seed => new SeedStatus(seed, SeedState.Idle, null))];
    private readonly Dictionary<int, SeedLink> _links = [];
    private readonly long _began = clock.GetTimestamp();

    /// <summary>A seed was dialled: what went wrong, or null where it took the registration. May throw to end the node.</summary>
    public event Action<NodeAddress, PeerFault?>? Tried;

    /// <summary>A seed refuses this process, as another one runs as the same node; why, in the seed's words. May throw to end the node.</summary>
    public event Action<NodeAddress, string>? RefusedAsDuplicate;

    /// <summary>A seed has refused another process that says to be this node.</summary>
    public event Action<NodeAddress, Wire.Duplicate>? DuplicateRefused;

    /// <summary>Each seed, and whether this node is registered with it.</summary>
    public IReadOnlyList<SeedStatus> Seeds
    {
        get
        {
            lock (_gate)
                return [.. _states];
        }
    }

    public Task RunAsync(CancellationToken stop) => seeds.Count == 0
        ? Task.Delay(Timeout.InfiniteTimeSpan, clock, stop)
        : TaskGroup.RunAsync(Enumerable.Repeat<Func<CancellationToken, Task>>(KeepRegisteredAsync, _choice.Wanted), stop);

    /// <summary>Has the seeds drop a member that is dead, if they think so too.</summary>
    /// <param name="id">The member.</param>
    /// <param name="incarnation">In which of its lives.</param>
    public void ReportDead(NodeId id, long incarnation)
    {
        lock (_gate)
        {
            foreach (var link in _links.Values)
                link.Report(id, incarnation);
        }
    }

    /// <summary>Dials a seed to see whether it would take a registration; this node's stay as they are.</summary>
    /// <exception cref="PeerException">It would not, and why.</exception>
    public async Task ProbeAsync(NodeAddress seed, CancellationToken stop)
    {
        await using var connection = await DialAsync(seed, stop);
        try
        {
            // A seed that does not take the certificate hangs up at once; one that does waits to hear more.
            using var frame = await connection.ReadAsync(WireLimits.ControlBytes, ProbePatience)
                ?? throw new PeerException(PeerFault.NotAdmitted, "it hung up; if it does not take this node's certificate, its log says why");
        }
        catch (PeerException e) when (e.Fault is PeerFault.TimedOut)
        {
            // It waits.
        }
    }

    /// <summary>A seed that was revoked gets the list that says so, and nothing else: an honest one ends then.</summary>
    private async Task<Connection> DialAsync(NodeAddress seed, CancellationToken stop)
    {
        var connection = await connector.DialAsync(await Tcp.ConnectAsync(seed, clock, stop), stop);
        if (SeedLink.Objection(connection, revocations.List) is not { } objection)
            return connection;
        await using (connection)
        {
            await using var cut = stop.Register(connection.Abort);
            try
            {
                await connection.WriteAsync(FrameType.Revoked, new Wire.Revoked { DenyList = revocations.List.Text }, WireLimits.ControlBytes);
                await connection.DrainAsync(LastWords);
            }
            catch (PeerException)
            {
                // It hung up: it is the one that was to be told.
            }
        }

        throw objection;
    }

    private async Task KeepRegisteredAsync(CancellationToken stop)
    {
        while (true)
        {
            var seed = await TakeAsync(stop);
            try
            {
                await RegisterAsync(seed, stop);
            }
            catch (PeerException e)
            {
                Lost(seed, e);
                if (e.Fault is PeerFault.DuplicateId)
                    RefusedAsDuplicate?.Invoke(seeds[seed], e.Message);
            }
            finally
            {
                lock (_gate)
                {
                    _links.Remove(seed);
                    _choice.GiveBack(seed, Moment());
                }
            }
        }
    }

    private async Task<int> TakeAsync(CancellationToken stop)
    {
        while (true)
        {
            TimeSpan pause;
            lock (_gate)
            {
                if (_choice.Take(Moment()) is { } seed)
                    return seed;
                pause = _choice.Pause(Moment().Now) ?? LongestWait;
            }

            await Task.Delay(pause < LongestWait ? pause + TimeSpan.FromMilliseconds(1) : LongestWait, clock, stop);
        }
    }

    private async Task RegisterAsync(int seed, CancellationToken stop)
    {
        await using var connection = await DialAsync(seeds[seed], stop);
        var link = new SeedLink(
            connection, self.Instance, own, revocations, list => Hear(seed, list), () => Registered(seed), Refute, other => DuplicateRefused?.Invoke(seeds[seed], other), renewEvery, clock);
        lock (_gate)
            _links[seed] = link;
        await link.RunAsync(stop);
    }

    /// <summary>Takes a seed's list, and has the seed look at those in it who are dead: those who found that may use other seeds.</summary>
    private void Hear(int seed, IReadOnlyCollection<Member> told)
    {
        hear([.. told.Where(member => member.Id != self.Id)]);
        var dead = ListedDead.Among(told, known);
        lock (_gate)
        {
            if (!_links.TryGetValue(seed, out var link))
                return;
            random.Shuffle(dead);
            foreach (var member in dead.Take(ListedDead.MostAtOnce))
                link.Report(member.Id, member.Incarnation, isHearsay: true);
        }
    }

    /// <summary>The roster refutes it with an incarnation that no seed has heard of.</summary>
    private void Refute(long incarnation) =>
        hear([own() with { Incarnation = incarnation, State = MemberState.Dead }]);

    private void Registered(int seed)
    {
        lock (_gate)
        {
            _choice.Registered(seed);
            if (_states[seed].State is SeedState.Registered)
                return;
            _states[seed] = new SeedStatus(seeds[seed], SeedState.Registered, clock.GetUtcNow().UtcDateTime);
        }

        log.RegisteredWith(seeds[seed]);
        Tried?.Invoke(seeds[seed], null);
    }

    /// <summary>Said when a registration is lost, and when a seed is first found to be down or revoked; not at each attempt.</summary>
    private void Lost(int seed, PeerException e)
    {
        var now = e.Fault is PeerFault.Revoked ? SeedState.Revoked : SeedState.Unreachable;
        SeedState before;
        lock (_gate)
        {
            before = _states[seed].State;
            _states[seed] = new SeedStatus(seeds[seed], now, null);
        }

        if (before != now)
            log.SeedLost(seeds[seed], e.Message);
        Tried?.Invoke(seeds[seed], e.Fault);
    }

    private Moment Moment() => new(clock.GetElapsedTime(_began), random.NextDouble());
}
