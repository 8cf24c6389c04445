using System.Net;
using System.Net.Sockets;
using P2PNode.Core;
using P2PNode.Protocol;
using P2PNode.Protocol.Messages;
using P2PNode.Tests.Testing;
using P2PNode.Transport;

namespace P2PNode.Tests.Transport;

/// <summary>A member on loopback that says nothing by itself, but what a test has it say.</summary>
internal sealed class ScriptedPeer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly SecureConnector _connector;
    private readonly Handshake _handshake;

    public ScriptedPeer(int id)
    {
        Id = new NodeId(id);
        _listener.Start();
        _connector = TestNetworkKeys.Connector(id);
        _handshake = new Handshake(new LocalNode(Id, (ulong)id * 1000, 1, Address, "scripted", TestNetworkKeys.Network));
    }

    public NodeId Id { get; }

    public NodeAddress Address => new("127.0.0.1", ((IPEndPoint)_listener.LocalEndpoint).Port);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Takes the next connection, and proves over it who it is.</summary>
    public async Task<Connection> AcceptAsync() => await ProveAsync(await AcceptSocketAsync());

    /// <summary>Takes the next connection.</summary>
    public ValueTask<Socket> AcceptSocketAsync() => _listener.AcceptSocketAsync(Stop);

    /// <summary>Proves over a connection that it took who it is.</summary>
    public Task<Connection> ProveAsync(Socket socket) => _connector.AcceptAsync(socket, Stop);

    /// <summary>Connects to a node, and proves who it is.</summary>
    public async Task<Connection> ConnectAsync(LoopbackNode node)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(node.Endpoint, Stop);
        return await _connector.DialAsync(socket, Stop);
    }

    /// <summary>Links with a node.</summary>
    /// <exception cref="PeerException">The node refuses, and why.</exception>
    public async Task<Connection> DialAsync(LoopbackNode node)
    {
        var connection = await ConnectAsync(node);
        await _handshake.DialAsync(connection, node.Id, LinkKind.Control);
        return connection;
    }

    public ValueTask WelcomeAsync(Connection connection) => _handshake.WelcomeAsync(connection, LinkKind.Control);

    public void Dispose() => _listener.Dispose();
}
