using P2PNode.Bench.Peers;
using P2PNode.Bench.Processes;

namespace P2PNode.Bench.Measures;

/// <summary>The leader of three nodes is killed; until the next one says that it leads, and the third one knows.</summary>
internal sealed class Failover(string executable, string workFolder)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(5);

    public const string Name = "failover";

    public async Task<IReadOnlyList<Figure>> TakeAsync(int rounds, CancellationToken stop)
    {
        var (leads, follows) = (new List<double>(), new List<double>());
        for (var round = 0; round < rounds; round++)
        {
            var (next, third) = await RunStage.UseAsync(workFolder, KillLeaderAsync, stop);
            leads.Add(next.TotalMilliseconds);
            follows.Add(third.TotalMilliseconds);
        }

        return
        [
            new Figure("failover: kill -9 of the leader until the next says that it leads", "ms", leads),
            new Figure("failover: until the third node follows it", "ms", follows),
        ];
    }

    private async Task<(TimeSpan Next, TimeSpan Third)> KillLeaderAsync(string folder, Roles roles, CancellationToken stop)
    {
        var network = new NodeNetwork(
            executable, Path.Combine(folder, "nodes.json"), Enumerable.Range(1, 3).ToDictionary(id => id, id => Path.Combine(folder, $"NODE{id}")), roles);
        for (var id = 1; id <= 3; id++)
            network.Start(id, Roles.Owner);
        for (var id = 1; id <= 3; id++)
            await SaysAsync(network[id], "Leader is node 1 ", stop);
        await StarAsync(network, stop);

        var killed = TimeProvider.System.GetTimestamp();
        SystemCalls.Send(network[1].Id, SystemCalls.Kill);
        var next = await SaysAsync(network[2], "Leader is node 2 ", stop);
        var third = await SaysAsync(network[3], "Leader is node 2 ", stop);
        return (TimeProvider.System.GetElapsedTime(killed, next), TimeProvider.System.GetElapsedTime(killed, third));
    }

    /// <summary>Waits until the followers have closed the link between them: the usual state of a network.</summary>
    private static async Task StarAsync(NodeNetwork network, CancellationToken stop)
    {
        while ((await network.StatusAsync(2, stop))?.Links.Length != 1 || (await network.StatusAsync(3, stop))?.Links.Length != 1)
            await Task.Delay(Interval, TimeProvider.System, stop);
    }

    private static async Task<long> SaysAsync(RunningProcess node, string words, CancellationToken stop)
    {
        while (true)
        {
            if (node.LinesFrom(0).FirstOrDefault(line => line.Text.Contains(words, StringComparison.Ordinal)) is { } line)
                return line.At;
            node.ThrowIfEnded();
            await Task.Delay(Interval, TimeProvider.System, stop);
        }
    }
}
