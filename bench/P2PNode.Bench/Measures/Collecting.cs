using P2PNode.Bench.Peers;
using P2PNode.Bench.Processes;
using P2PNode.Bench.Workloads;

namespace P2PNode.Bench.Measures;

/// <summary>From the start of all processes until the collector has every file.</summary>
internal sealed class Collecting(string workload, string title) : IMeasure
{
    public string Name => workload;

    public string Title => title;

    public string Workload => workload;

    public bool MovesAll => true;

    public async Task<RunFigures> TakeAsync(ISession session, Stage stage, WorkloadFolder files, CancellationToken stop)
    {
        await using var meter = new RunMeter(stage.Roles);
        await session.StartAsync(stop);
        await session.CollectedAsync(stop);
        var figures = await meter.ReadAsync();
        Verify(session, stage, files);
        await session.StopAsync();
        return figures;
    }

    /// <exception cref="RunFailedException">A file is missing or differs.</exception>
    public static void Verify(ISession session, Stage stage, WorkloadFolder files)
    {
        foreach (var owner in stage.Owners)
        {
            if (Comparison.FindDifference(files.Of(owner.Id), session.CollectedFrom(owner)) is { } difference)
                throw new RunFailedException($"What was collected is not what was offered: {difference}");
        }
    }
}
