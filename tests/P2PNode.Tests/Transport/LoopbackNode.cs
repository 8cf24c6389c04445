using System.Collections.Concurrent;
using System.Net;
using P2PNode.Core;
using P2PNode.Protocol;
using P2PNode.Security;
using P2PNode.Tests.Testing;
using P2PNode.Transport;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace P2PNode.Tests.Transport;

/// <summary>The Transport room of one node on loopback, at a free port, without the rest of a node.</summary>
internal sealed class LoopbackNode : IAsyncDisposable
{
    /// <summary>A folder that cannot be.</summary>
    private static readonly string Nowhere = Path.Combine(Path.GetTempPath(), "p2pnode-no-such-folder");

    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    public LoopbackNode(int id, ulong? instance = null, string? network = null, NodeIdentity? identity = null, NetworkFolder? keys = null, int mostPeers = int.MaxValue, TimeProvider? clock = null, TimeSpan? heartbeat = null, int misses = 3)
    {
        Id = new NodeId(id);
        Table = new LinkTable(Id, mostPeers, TimeProvider.System);
        var log = new LoggerConfiguration().WriteTo.Sink(new Events(Log)).CreateLogger();
        var self = new LocalNode(Id, instance ?? (ulong)id * 1000, 1, new NodeAddress("127.0.0.1", 1), $"machine{id}", network ?? TestNetworkKeys.Network)
        {
            Heartbeat = heartbeat ?? PeerIdentity.UsualHeartbeat,
        };
        identity ??= TestNetworkKeys.Identity(id);
        keys ??= new NetworkFolder(Nowhere);
        Revocations = new Revocations(identity, new IdentityFolder(Nowhere), keys, Logger.None);
        var connector = TestNetworkKeys.Connector(identity, clock);
        Greeter = new Greeter(self, misses, Table, connector, Revocations, OnFrameAsync, OnBulkAsync, TimeProvider.System, log);
        Listener = new Listener(connector, new JoinServer(() => identity, keys, Revocations, TimeProvider.System, log), Greeter.AcceptAsync, TimeProvider.System, log);
        Listener.Bind(new NodeAddress("127.0.0.1", 0));
        Dialler = new Dialler(Greeter, Table, peer => Addresses.GetValueOrDefault(peer), TimeProvider.System, new Random(id), log);
        _running = Task.WhenAll(Listener.RunAsync(_stop.Token), Dialler.RunAsync(_stop.Token));
    }

    public NodeId Id { get; }

    public LinkTable Table { get; }

    public Revocations Revocations { get; }

    public Greeter Greeter { get; }

    public Dialler Dialler { get; }

    public Listener Listener { get; }

    public ConcurrentDictionary<NodeId, NodeAddress> Addresses { get; } = new();

    public ConcurrentQueue<(NodeId From, FrameType Type)> Frames { get; } = new();

    /// <summary>Takes each frame, once it is among <see cref="Frames"/>.</summary>
    public Func<Link, Frame, ValueTask>? OnFrame { get; set; }

    public ConcurrentQueue<NodeId> Bulk { get; } = new();

    /// <summary>Called with a peer that has opened a bulk link.</summary>
    public Action<NodeId> OnBulk { get; set; } = _ => { };

    public ConcurrentQueue<LogEvent> Log { get; } = new();

    public IPEndPoint Endpoint => Listener.Endpoint;

    public NodeAddress Address => new("127.0.0.1", Endpoint.Port);

    public void Want(params LoopbackNode[] peers)
    {
        foreach (var peer in peers)
            Addresses[peer.Id] = peer.Address;
        Dialler.Want(LinkPurpose.Election, peers.Select(peer => peer.Id).ToHashSet());
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Dialler.Dispose();
        Listener.Dispose();
        _stop.Dispose();
    }

    private ValueTask OnFrameAsync(Link link, Frame frame)
    {
        Frames.Enqueue((link.Peer.Id, frame.Type));
        return OnFrame?.Invoke(link, frame) ?? ValueTask.CompletedTask;
    }

    private async Task OnBulkAsync(Connection connection, PeerIdentity peer, CancellationToken stop)
    {
        Bulk.Enqueue(peer.Id);
        OnBulk(peer.Id);
        while (await connection.ReadAsync(WireLimits.ControlBytes, TimeSpan.FromSeconds(30)) is { } frame)
            frame.Dispose();
    }

    private sealed class Events(ConcurrentQueue<LogEvent> events) : ILogEventSink
    {
        public void Emit(LogEvent logEvent) => events.Enqueue(logEvent);
    }
}
