using P2PNode.Bench.Peers;
using P2PNode.Bench.Processes;
using P2PNode.Bench.Workloads;

namespace P2PNode.Bench.Measures;

/// <summary>CPU and memory of nodes that have collected everything and have nothing to do.</summary>
internal sealed class Idle(NodePeer node, WorkloadFolder files, string workFolder)
{
    public const string Name = "idle";
    public const string Workload = "W2";

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(10);

    public async Task<IReadOnlyList<Figure>> TakeAsync(CancellationToken stop)
    {
        var measure = new Watching();
        await RunStage.RunAsync(node, measure, files, workFolder, stop);
        return [.. measure.Figures];
    }

    private sealed class Watching : IMeasure
    {
        public List<Figure> Figures { get; } = [];

        public string Name => Idle.Name;

        public string Title => "nothing to do";

        public string Workload => Idle.Workload;

        public bool MovesAll => false;

        public async Task<RunFigures> TakeAsync(ISession session, Stage stage, WorkloadFolder files, CancellationToken stop)
        {
            await using var meter = new RunMeter(stage.Roles);
            await session.StartAsync(stop);
            await session.CollectedAsync(stop);
            await Task.Delay(Pause, TimeProvider.System, stop);
            var processes = stage.Roles.Running.Select(one => (one.Role, one.Process.Id, Cpu: ProcessTree.CpuOf(one.Process.Id))).ToList();
            await Task.Delay(Duration, TimeProvider.System, stop);
            foreach (var role in processes.GroupBy(one => one.Role))
            {
                Figures.Add(new Figure(
                    $"idle {role.Key}: CPU of one core, over {Duration.TotalSeconds:0} s", "%",
                    [.. role.Select(one => 100 * (ProcessTree.CpuOf(one.Id) - one.Cpu) / Duration)]));
                Figures.Add(new Figure(
                    $"idle {role.Key}: memory resident", "MiB",
                    [.. role.Select(one => ProcessTree.MemoryOf(one.Id) / (double)(1 << 20))]));
            }

            var figures = await meter.ReadAsync();
            await session.StopAsync();
            return figures;
        }
    }
}
