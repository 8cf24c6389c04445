using P2PNode.Bench.Peers;
using P2PNode.Bench.Workloads;

namespace P2PNode.Bench.Measures;

/// <summary>All is collected and all processes stop; nothing changes; from their start until that is known again.</summary>
internal sealed class Restart : IMeasure
{
    public string Name => "W4";

    public string Title => "restart of all with 10,000 files, nothing changed";

    public string Workload => "W2";

    public bool MovesAll => false;

    public async Task<RunFigures> TakeAsync(ISession session, Stage stage, WorkloadFolder files, CancellationToken stop)
    {
        await session.StartAsync(stop);
        await session.CollectedAsync(stop);
        await session.StopAsync();
        await using var meter = new RunMeter(stage.Roles);
        await session.StartAsync(stop);
        await session.CollectedAsync(stop);
        var figures = await meter.ReadAsync();
        Collecting.Verify(session, stage, files);
        await session.StopAsync();
        return figures;
    }
}
