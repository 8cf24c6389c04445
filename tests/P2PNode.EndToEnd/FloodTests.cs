using System.Net;
using System.Net.Sockets;
using P2PNode.EndToEnd.Kit;

namespace P2PNode.EndToEnd;

/// <summary>Strangers that hold connections and say nothing, or next to nothing (issue 4).</summary>
[Collection(typeof(Alone))]
public sealed class FloodTests : NetworkTest
{
    private const int Silent = 1000;
    private const int Dribbling = 1000;
    private const long MoreMemory = 64L << 20;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(8);

    [Fact]
    public async Task Two_thousand_strangers_that_hold_connections_hold_up_nobody()
    {
        var network = Create(1, 2);
        network[2].Put("a.txt", "a");
        network.Start(1, 2);
        var epoch = await network.LedByAsync(1);
        await network.CollectedAsync(1, [2]);
        var (memory, descriptors) = (network[1].Process.ResidentMemory, network[1].Process.Descriptors);

        List<Socket> strangers = [.. Enumerable.Range(0, Silent + Dribbling).Select(_ => Dial(network[1]))];
        var (second, begun) = (0, Eventually.Now);
        await Eventually.WatchAsync(Duration, () =>
        {
            Assert.InRange(network[1].Process.ResidentMemory, 0, memory + MoreMemory);
            if (Eventually.Now - begun < TimeSpan.FromSeconds(second))
                return Task.CompletedTask;

            // Each second who was hung up on comes again, and one half of the others says a byte of a TLS record.
            network[2].Put($"{second++}.txt", "meanwhile");
            for (var i = 0; i < strangers.Count; i++)
            {
                if (!IsOpen(strangers[i]))
                    Replace(strangers, i, network[1]);
                else if (i < Dribbling)
                    Dribble(strangers[i]);
            }

            return Task.CompletedTask;
        });
        await network.CollectedAsync(1, [2]);
        Say($"Resident at most {network[1].Process.PeakMemory >> 20} MiB, {memory >> 20} before");

        strangers.ForEach(stranger => stranger.Dispose());
        await Eventually.HoldsAsync(() => network[1].Process.Descriptors <= descriptors + 8, "the descriptors come back");
        Assert.Equal(epoch, await network.LedByAsync(1));
        Assert.All(network.Nodes, node => Assert.Single(node.Lines, line => line.Text.Contains("Leader is ", StringComparison.Ordinal)));
        Assert.InRange(network[1].Lines.Count(line => line.Text.Contains(" WRN] ", StringComparison.Ordinal)), 1, 200);
    }

    private static Socket Dial(NetworkNode node)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        try
        {
            socket.Connect(new IPEndPoint(IPAddress.Loopback, node.Port));
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            // It is on its way; nobody waits for it.
        }

        return socket;
    }

    private static void Replace(List<Socket> strangers, int index, NetworkNode node)
    {
        strangers[index].Dispose();
        strangers[index] = Dial(node);
    }

    private static bool IsOpen(Socket socket)
    {
        try
        {
            return !socket.Poll(0, SelectMode.SelectRead) || socket.Available > 0;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static void Dribble(Socket socket)
    {
        try
        {
            socket.Send([22]);
        }
        catch (SocketException)
        {
            // It was hung up on just now; the next look finds that.
        }
    }
}
