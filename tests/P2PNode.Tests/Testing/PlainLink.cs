using System.Net.Sockets;
using P2PNode.Transport;

namespace P2PNode.Tests.Testing;

/// <summary>Connections for tests of what lies above TLS.</summary>
internal static class PlainLink
{
    public static Connection Over(Socket socket, TimeProvider clock) => new(Connection.WireOver(socket), socket.RemoteEndPoint, clock);
}
