using System.Net;
using System.Net.Sockets;

namespace P2PNode.Bench.Processes;

/// <summary>
/// Ports of loopback that nobody uses. They lie below those that the system gives to outgoing connections, so that none
/// is lost to one while its process is down.
/// </summary>
internal static class Ports
{
    private const int First = 12_000;
    private const int Count = 20_000;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(2);

    private static int _next = new Random(Environment.ProcessId).Next(Count);

    public static int Take()
    {
        while (true)
        {
            var port = First + (_next++ % Count);
            if (IsFree(port))
                return port;
        }
    }

    /// <summary>Returns when somebody listens there.</summary>
    public static async Task UntilOpenAsync(int port, RunningProcess process, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                using var socket = Create();
                await socket.ConnectAsync(IPAddress.Loopback, port, stop);
                return;
            }
            catch (SocketException)
            {
                process.ThrowIfEnded();
                await Task.Delay(Interval, TimeProvider.System, stop);
            }
        }
    }

    private static bool IsFree(int port)
    {
        using var socket = Create();
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

    private static Socket Create() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
}
