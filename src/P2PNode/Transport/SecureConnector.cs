using System.Net.Sockets;
using P2PNode.Protocol;
using P2PNode.Security;

namespace P2PNode.Transport;

/// <summary>Makes connections of sockets: TLS comes first, so that each side has proven who it is before a frame is read.</summary>
internal sealed class SecureConnector(MutualTls tls, TimeProvider clock)
{
    /// <summary>What every TLS handshake begins with.</summary>
    private const byte HandshakeRecord = 22;

    /// <summary>Greets who dialled; the socket is closed where that fails.</summary>
    /// <exception cref="PeerException">It is none of ours, broke the rules, or said too little in time.</exception>
    public Task<Connection> AcceptAsync(Socket socket, CancellationToken stop) => SecureAsync(
        socket,
        async (wire, cut) =>
        {
            await CheckFirstByteAsync(socket, cut);
            return await tls.AcceptAsync(wire, cut);
        },
        stop);

    /// <summary>Introduces this node to who was dialled; the socket is closed where that fails.</summary>
    /// <inheritdoc cref="AcceptAsync" path="/exception"/>
    public Task<Connection> DialAsync(Socket socket, CancellationToken stop) => SecureAsync(
        socket, tls.DialAsync, stop);

    private async Task<Connection> SecureAsync(
        Socket socket, Func<Stream, CancellationToken, Task<ProvenPeer>> secureAsync, CancellationToken stop)
    {
        using var deadline = new CancellationTokenSource(WireLimits.Tls, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stop);
        try
        {
            var (remote, local) = (socket.RemoteEndPoint, socket.LocalEndPoint);
            return new Connection(await secureAsync(Connection.WireOver(socket), either.Token), remote, local, clock);
        }
        catch (Exception e)
        {
            socket.Dispose();
            if (e is OperationCanceledException && !stop.IsCancellationRequested)
                throw new PeerException(PeerFault.TimedOut, $"TLS was not agreed on within {WireLimits.Tls.TotalSeconds:0} s", e);
            if (e is SocketException)
                throw PeerException.Lost(e);
            throw;
        }
    }

    /// <summary>A stranger without TLS is told apart from one whose TLS is no good, for the log.</summary>
    private static async Task CheckFirstByteAsync(Socket socket, CancellationToken stop)
    {
        var first = new byte[1];
        if (await socket.ReceiveAsync(first, SocketFlags.Peek, stop) == 0)
            throw new PeerException(PeerFault.Lost, "it hung up without a word");
        if (first[0] != HandshakeRecord)
            throw PeerException.Violation("it does not speak TLS");
    }
}
