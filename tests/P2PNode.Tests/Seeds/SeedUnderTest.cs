using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using P2PNode.Core;
using P2PNode.Core.Membership;
using P2PNode.Files;
using P2PNode.Protocol;
using P2PNode.Protocol.Messages;
using P2PNode.Security;
using P2PNode.Seeds;
using P2PNode.Tests.Files;
using P2PNode.Tests.Testing;
using P2PNode.Transport;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace P2PNode.Tests.Seeds;

/// <summary>A seed on loopback with the keys of the network under test; members answer its probes as is said.</summary>
internal sealed class SeedUnderTest : IAsyncDisposable, ILogEventSink
{
    private readonly TemporaryFolder _folder = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly SeedServer _server;
    private readonly Listener _listener;
    private readonly Task _running;

    /// <param name="clock">Says how long ago the seed has heard a node.</param>
    public SeedUnderTest(TimeProvider? clock = null)
    {
        var identity = Issue();
        var log = new LoggerConfiguration().WriteTo.Sink(this).CreateLogger();
        var keys = new NetworkFolder(_folder["keys"]);
        Revocations = new Revocations(identity, new IdentityFolder(_folder["seed"]), keys, Logger.None);
        var connector = new SecureConnector(new MutualTls(() => identity, TimeProvider.System, MutualTls.SeedProtocol, NameRole.Node), TimeProvider.System);
        Registry = new SeedRegistry(new MemberFile(_folder["registered"]), (member, _) => Task.FromResult(Alive.ContainsKey(member.Id)), SeedBook.UsualLapse, TimeProvider.System, log);
        _server = new SeedServer(Registry, Revocations, SeedBook.UsualLapse, clock ?? TimeProvider.System);
        _listener = new Listener(connector, new JoinServer(() => identity, keys, Revocations, TimeProvider.System, log), ServeAsync, TimeProvider.System, log);
        _listener.Bind(new NodeAddress("127.0.0.1", 0));
        _running = Task.WhenAll(_listener.RunAsync(_stop.Token), Registry.RunAsync(_stop.Token));
    }

    public SeedRegistry Registry { get; }

    public Revocations Revocations { get; }

    /// <summary>Who answers when it is probed.</summary>
    public ConcurrentDictionary<NodeId, bool> Alive { get; } = new();

    /// <summary>Called between the registration of a node and what the seed does next.</summary>
    public Action Registered { get; set; } = () => { };

    public ConcurrentQueue<string> Lines { get; } = new();

    public NodeAddress Address => new("127.0.0.1", _listener.Endpoint.Port);

    public void Emit(LogEvent logEvent) => Lines.Enqueue(logEvent.RenderMessage(System.Globalization.CultureInfo.InvariantCulture).Replace("\"", "", StringComparison.Ordinal));

    public bool Says(string text) => Lines.Any(line => line.Contains(text, StringComparison.Ordinal));

    /// <summary>An identity as a seed, by the CA under test or another one.</summary>
    public static NodeIdentity Issue(int id = 100, NetworkAuthority? by = null)
    {
        by ??= TestNetworkKeys.Authority;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return NodeIdentity.From(key, by.Issue(new NodeId(id), new PublicKey(key), TimeProvider.System, role: NameRole.Seed), by.Certificate);
    }

    /// <summary>A node that has proven who it is, and said nothing.</summary>
    public async Task<Connection> ConnectAsync(NodeIdentity identity)
    {
        var connector = new SecureConnector(new MutualTls(() => identity, TimeProvider.System, MutualTls.SeedProtocol, NameRole.Seed), TimeProvider.System);
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(Address.Host, Address.Port);
        return await connector.DialAsync(socket, CancellationToken.None);
    }

    /// <summary>A node that has registered, and the list that it got.</summary>
    public async Task<(Connection Connection, SeedList List)> RegisterAsync(int id, long incarnation = 1)
    {
        var connection = await ConnectAsync(TestNetworkKeys.Identity(id));
        return (connection, await RegisterAsync(connection, id, incarnation));
    }

    public static async Task<SeedList> RegisterAsync(Connection connection, int id, long incarnation = 1, bool wantsList = true, ulong instance = 0)
    {
        await connection.WriteAsync(FrameType.SeedRegister, Greeting(id, incarnation, wantsList, instance), WireLimits.ControlBytes);
        using var frame = await connection.ReadAsync(WireLimits.ControlBytes, TimeSpan.FromSeconds(10)) ?? throw new InvalidOperationException("The seed hung up.");
        return frame.Type is FrameType.SeedList
            ? frame.Parse(SeedList.Parser)
            : throw new InvalidOperationException($"{frame.Type}: {frame.Parse(Refuse.Parser).Text}");
    }

    public static SeedRegister Greeting(int id, long incarnation = 1, bool wantsList = true, ulong instance = 0) =>
        SeedMapping.Register(new Member { Id = new NodeId(id), Host = "0.0.0.0", Port = 5000 + id, Incarnation = incarnation }, instance, wantsList);

    private Task ServeAsync(Connection connection, Action known, CancellationToken stop) => _server.ServeAsync(
        connection,
        () =>
        {
            known();
            Registered();
        },
        stop);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _server.Dispose();
        _listener.Dispose();
        _stop.Dispose();
        _folder.Dispose();
    }
}
