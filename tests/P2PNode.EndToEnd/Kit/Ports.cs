using System.Net;
using System.Net.Sockets;

namespace P2PNode.EndToEnd.Kit;

/// <summary>
/// Ports of loopback that nobody uses. They lie below those that the system gives to outgoing connections, so that none
/// is lost to one while its node is down.
/// </summary>
internal static class Ports
{
    private const int First = 12_000;
    private const int Count = 20_000;

    private static int _next = new Random(Environment.ProcessId).Next(Count);

    public static int Take()
    {
        while (true)
        {
            var port = First + ((Interlocked.Increment(ref _next) & int.MaxValue) % Count);
            if (IsFree(port))
                return port;
        }
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
