using System.Globalization;
using System.Net;
using System.Net.Sockets;
using P2PNode.EndToEnd.Kit;

namespace P2PNode.EndToEnd;

/// <summary>Nodes that nobody numbered: who they are, and where they listen, stays.</summary>
public sealed class LastingIdentityTests : LooseNodesTest
{
    [Fact]
    public async Task A_node_keeps_its_ID_and_its_port_and_leaves_the_port_when_another_has_it()
    {
        var (first, id, port) = await StartAsync();
        Assert.InRange(port, 3000, 5000);
        Assert.Equal(0, (await Executable.RunAsync(Folder, "status")).Code);
        first.Kill();

        var (second, sameId, samePort) = await StartAsync();
        Assert.Equal((id, port), (sameId, samePort));
        second.Send(ProcessSignal.Terminate);
        Assert.Equal(0, await second.ExitAsync(Eventually.Deadline));

        using var other = new TcpListener(IPAddress.Loopback, port);
        other.Start();
        var (third, stillId, newPort) = await StartAsync();
        Assert.Equal(id, stillId);
        Assert.NotEqual(port, newPort);
        Assert.Contains($"Port {port} is in use; this node listens at port {newPort} from now on", third.Error, StringComparison.Ordinal);
        Assert.True(Directory.Exists(Path.Combine(Folder, $"NODE{id}")));
    }

    [Fact]
    public async Task Nodes_started_at_one_time_are_different_ones()
    {
        var started = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => StartAsync()));

        Assert.Equal(4, started.Select(node => node.Id).Distinct().Count());
        Assert.Equal(4, started.Select(node => node.Port).Distinct().Count());
        var ambiguous = await Executable.RunAsync(Folder, "status");
        Assert.Equal(5, ambiguous.Code);
        Assert.All(started, node => Assert.Contains(node.Id.ToString(CultureInfo.InvariantCulture), ambiguous.Error, StringComparison.Ordinal));
    }

    /// <summary>Starts a node with a seed that is not there, and waits until it answers.</summary>
    private async Task<(RunningProcess Process, int Id, int Port)> StartAsync()
    {
        var (process, id, port) = await StartAsync("--seed", "127.0.0.1:9");
        await Eventually.HoldsAsync(async () => (await Executable.RunAsync(Folder, "status", "--id", id)).Code == 0, "the node answers");
        return (process, int.Parse(id, CultureInfo.InvariantCulture), int.Parse(port, CultureInfo.InvariantCulture));
    }
}
