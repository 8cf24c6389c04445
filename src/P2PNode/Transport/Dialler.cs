using P2PNode.Core;
using P2PNode.Protocol;
using Serilog;

namespace P2PNode.Transport;

/// <summary>
/// Client mode: keeps dialling the peers that this node wants to be linked with, each in a loop of its own, with full
/// jitter between attempts: up to 0.1 s at first, up to 5 s in the end. Thread-safe.
/// </summary>
/// <param name="greeter">Dials once.</param>
/// <param name="table">Says who is linked.</param>
/// <param name="addressOf">Where a peer listens, as far as is known.</param>
/// <param name="clock">Times the attempts.</param>
/// <param name="random">Spreads them.</param>
/// <param name="log">Hears of first failures.</param>
internal sealed class Dialler(
    Greeter greeter,
    LinkTable table,
    Func<NodeId, NodeAddress?> addressOf,
    TimeProvider clock,
    Random random,
    ILogger log) : IDisposable
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    /// <summary>
    /// A host that does not answer may be behind a cut, and when the cut heals neither side knows: the election counts on
    /// both to try again within a heartbeat. A host that refuses has no node, and a node that starts will dial by itself.
    /// </summary>
    private static readonly TimeSpan LongestUnanswered = TimeSpan.FromSeconds(1);

    /// <summary>A link that ends sooner counts as a failed attempt: the two do not understand each other.</summary>
    private static readonly TimeSpan Lasting = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly TaskGroup _links = new();
    private readonly TaskGroup _loops = new();
    private readonly Dictionary<LinkPurpose, IReadOnlySet<NodeId>> _wants = [];
    private readonly Dictionary<NodeId, CancellationTokenSource> _wanted = [];
    private TaskCompletionSource _hurry = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Dials until stopped, then cuts the links that it made and waits for them to end.</summary>
    public Task RunAsync(CancellationToken stop) => TaskGroup.RunAsync([_loops.RunAsync, _links.RunAsync], stop);

    /// <summary>Sets whom this node wants to be linked with for a purpose; links that stand are not touched.</summary>
    public void Want(LinkPurpose purpose, IReadOnlySet<NodeId> wanted)
    {
        List<CancellationTokenSource> ended = [];
        lock (_gate)
        {
            _wants[purpose] = wanted;
            HashSet<NodeId> peers = [.. _wants.Values.SelectMany(ids => ids)];
            foreach (var peer in _wanted.Keys.Where(peer => !peers.Contains(peer)).ToList())
            {
                ended.Add(_wanted[peer]);
                _wanted.Remove(peer);
            }

            foreach (var peer in peers.Where(peer => !_wanted.ContainsKey(peer)))
            {
                var unwanted = new CancellationTokenSource();
                _wanted.Add(peer, unwanted);
                var token = unwanted.Token; // Now: the source may be disposed before the loop begins.
                _ = _loops.Start(stop => KeepLinkedAsync(peer, token, stop));
            }
        }

        // Not under the gate: what was waiting goes on in the call that cancels it.
        foreach (var unwanted in ended)
        {
            unwanted.Cancel();
            unwanted.Dispose();
        }
    }

    /// <summary>Links once with whoever listens at an address; whether the link lasts is not said by this.</summary>
    /// <exception cref="PeerException">There is no new link, and why.</exception>
    public Task<PeerIdentity> LinkAsync(NodeAddress address, CancellationToken stop) => LinkAsync(address, expected: null, stop);

    /// <summary>Links once with the node that is said to listen at an address: another one that does keeps the link that it has.</summary>
    /// <inheritdoc cref="LinkAsync(NodeAddress, CancellationToken)"/>
    public async Task<PeerIdentity> LinkAsync(NodeAddress address, NodeId? expected, CancellationToken stop)
    {
        var (peer, run) = await greeter.DialAsync(address, expected, stop);
        _ = _links.Start(run);
        return peer;
    }

    /// <summary>Dials nobody any more; links that stand are not touched.</summary>
    public void Stop()
    {
        foreach (var purpose in Enum.GetValues<LinkPurpose>())
            Want(purpose, new HashSet<NodeId>());
    }

    public void Dispose()
    {
        _links.Dispose();
        _loops.Dispose();
    }

    /// <summary>Dials at once whoever is waited for: the leader is lost, and patience would cost time.</summary>
    public void Hurry()
    {
        lock (_gate)
        {
            _hurry.TrySetResult();
            _hurry = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private async Task KeepLinkedAsync(NodeId peer, CancellationToken unwanted, CancellationToken stop)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, unwanted);
        PeerFault? fault = null;
        for (var attempt = 0; ; attempt++)
        {
            if (table.Find(peer) is { } link)
            {
                await link.Ended.WaitAsync(either.Token);
                if (clock.GetElapsedTime(link.Opened) >= Lasting)
                    attempt = 0;
            }

            if (attempt > 0)
                await PauseAsync(attempt, fault is PeerFault.TimedOut or PeerFault.Unreachable ? LongestUnanswered : Longest, either.Token);
            if (table.Find(peer) is null && table.HasRoomFor(peer) && addressOf(peer) is { } address)
                fault = await TryDialAsync(peer, address, attempt, unwanted, stop);
        }
    }

    /// <summary>Dials once; says what went wrong, or null.</summary>
    private async Task<PeerFault?> TryDialAsync(NodeId peer, NodeAddress address, int attempt, CancellationToken unwanted, CancellationToken stop)
    {
        try
        {
            _ = _links.Start((await greeter.DialAsync(address, peer, stop, unwanted)).Run);
            return null;
        }
        catch (PeerException e) when (e.Fault == PeerFault.AlreadyLinked)
        {
            log.AlreadyLinked(peer);
            return e.Fault;
        }
        catch (PeerException e)
        {
            if (attempt == 0 || e.Fault is PeerFault.Rejected or PeerFault.DuplicateId)
                log.DialFailed(peer, address, e.Message);
            table.Report(new DialFailed(peer, address, e.Fault, e.Message, e.Others) { Network = e.Network, Patience = e.Patience, Leader = e.Leader });
            return e.Fault;
        }
    }

    /// <summary>Full jitter: anything between nothing and the bound, which doubles up to its limit.</summary>
    private async Task PauseAsync(int attempt, TimeSpan longest, CancellationToken stop)
    {
        Task hurry;
        double luck;
        lock (_gate)
            (hurry, luck) = (_hurry.Task, random.NextDouble());
        var bound = Math.Min(First.TotalSeconds * Math.Pow(2, Math.Min(attempt - 1, 10)), longest.TotalSeconds);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await Task.WhenAny(hurry, Task.Delay(TimeSpan.FromSeconds(luck * bound), clock, either.Token));
        await either.CancelAsync();
        stop.ThrowIfCancellationRequested();
    }
}
