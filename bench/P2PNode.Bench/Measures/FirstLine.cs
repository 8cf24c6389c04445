using P2PNode.Bench.Peers;
using P2PNode.Bench.Processes;

namespace P2PNode.Bench.Measures;

/// <summary>From the start of a node's process to the first line that it logs.</summary>
internal sealed class FirstLine(string executable, string workFolder)
{
    public const string Name = "start";

    private const int Starts = 12;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(1);

    public async Task<IReadOnlyList<Figure>> TakeAsync(CancellationToken stop)
    {
        var times = new List<double>();
        for (var i = 0; i < Starts; i++)
            times.Add(await RunStage.UseAsync(workFolder, StartAsync, stop));
        return [new Figure("process start to the first log line", "ms", times)];
    }

    private async Task<double> StartAsync(string folder, Roles roles, CancellationToken stop)
    {
        var folders = new Dictionary<int, string> { [1] = Path.Combine(folder, "NODE1") };
        var network = new NodeNetwork(executable, Path.Combine(folder, "nodes.json"), folders, roles);
        var node = network.Start(1, Roles.Collector);
        while (node.LinesFrom(0).Count == 0)
        {
            node.ThrowIfEnded();
            await Task.Delay(Interval, TimeProvider.System, stop);
        }

        var time = TimeProvider.System.GetElapsedTime(node.StartedAt, node.LinesFrom(0)[0].At);
        await node.StopAsync();
        return time.TotalMilliseconds;
    }
}
