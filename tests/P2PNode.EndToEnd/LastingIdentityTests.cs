using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using P2PNode.EndToEnd.Kit;

namespace P2PNode.EndToEnd;

/// <summary>Nodes that nobody numbered: who they are, and where they listen, stays.</summary>
public sealed partial class LastingIdentityTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("p2pnode-");
    private readonly List<RunningProcess> _processes = [];

    public void Dispose()
    {
        _processes.ForEach(process => process.Dispose());
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_node_keeps_its_ID_and_its_port_and_leaves_the_port_when_another_has_it()
    {
        var (first, id, port) = await StartAsync();
        Assert.InRange(port, 3000, 5000);
        Assert.Equal(0, (await Executable.RunAsync(_folder.FullName, "status")).Code);
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
        Assert.True(Directory.Exists(Path.Combine(_folder.FullName, $"NODE{id}")));
    }

    [Fact]
    public async Task Nodes_started_at_one_time_are_different_ones()
    {
        var started = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => StartAsync()));

        Assert.Equal(4, started.Select(node => node.Id).Distinct().Count());
        Assert.Equal(4, started.Select(node => node.Port).Distinct().Count());
        var ambiguous = await Executable.RunAsync(_folder.FullName, "status");
        Assert.Equal(5, ambiguous.Code);
        Assert.All(started, node => Assert.Contains(node.Id.ToString(CultureInfo.InvariantCulture), ambiguous.Error, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"Node (\d+) starts at 127\.0\.0\.1:(\d+), ")]
    private static partial Regex Starts();

    /// <summary>Starts a node with a seed that is not there, and waits until it answers.</summary>
    private async Task<(RunningProcess Process, int Id, int Port)> StartAsync()
    {
        var process = Executable.Start(_folder.FullName, "--seed", "127.0.0.1:9");
        lock (_processes)
            _processes.Add(process);
        await Eventually.HoldsAsync(() => Starts().IsMatch(process.Error) || process.HasEnded, "the node starts");
        Assert.False(process.HasEnded, process.Error);
        var match = Starts().Match(process.Error);
        var (id, port) = (Number(match.Groups[1]), Number(match.Groups[2]));
        await Eventually.HoldsAsync(
            async () => (await Executable.RunAsync(_folder.FullName, "status", "--id", match.Groups[1].Value)).Code == 0, "the node answers");
        return (process, id, port);
    }

    private static int Number(Group digits) => int.Parse(digits.Value, CultureInfo.InvariantCulture);
}
