using System.Net;
using System.Net.Sockets;
using Google.Protobuf;
using P2PNode.Core;
using P2PNode.Protocol;
using P2PNode.Protocol.Messages;
using P2PNode.Security;
using P2PNode.Transport;

namespace P2PNode.EndToEnd.Kit;

/// <summary>A peer that says what a test has it say, over a control link that it dialled.</summary>
internal sealed class FakePeer : IAsyncDisposable
{
    private readonly Connection _connection;

    private FakePeer(Connection connection) => _connection = connection;

    /// <summary>Links with a node as another one.</summary>
    public static async Task<FakePeer> DialAsync(NetworkNode node, int id)
    {
        var connection = await SecureAsync(node.Network, await ConnectAsync(node), id);
        var self = new LocalNode(new NodeId(id), (ulong)id, 1, new NodeAddress("127.0.0.1", Ports.Take()), "fake", node.Network.Id);
        await new Handshake(self).DialAsync(connection, new NodeId(node.Id), LinkKind.Control);
        return new FakePeer(connection);
    }

    /// <summary>Proves over a connection to a node to be another one, and says nothing more.</summary>
    public static Task<Connection> SecureAsync(Network network, Socket socket, int id)
    {
        var identity = network.Issue(id);
        var connector = new SecureConnector(new MutualTls(() => identity, TimeProvider.System), TimeProvider.System);
        return connector.DialAsync(socket, CancellationToken.None);
    }

    /// <summary>Connects to a node without a word.</summary>
    public static async Task<Socket> ConnectAsync(NetworkNode node)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, node.Port);
        return socket;
    }

    public ValueTask SendAsync(FrameType type, IMessage message) =>
        _connection.WriteAsync(type, message, WireLimits.ControlBytes);

    /// <summary>Waits for a message of one kind; the others are passed over.</summary>
    public async Task<T> ReceiveAsync<T>(FrameType type, MessageParser<T> parser)
        where T : IMessage<T>
    {
        while (true)
        {
            using var frame = await _connection.ReadAsync(WireLimits.ControlBytes, Eventually.Deadline)
                ?? throw new InvalidOperationException($"The node hung up before it sent a {type} frame.");
            if (frame.Type == type)
                return frame.Parse(parser);
        }
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
