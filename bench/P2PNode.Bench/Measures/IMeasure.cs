using P2PNode.Bench.Peers;
using P2PNode.Bench.Workloads;

namespace P2PNode.Bench.Measures;

/// <summary>What is timed in a run of a peer.</summary>
internal interface IMeasure
{
    /// <summary>As the table names it: W2, W4 and so on.</summary>
    string Name { get; }

    string Title { get; }

    /// <summary>Its files.</summary>
    string Workload { get; }

    /// <summary>Whether all bytes of the files are moved in the time that is taken.</summary>
    bool MovesAll { get; }

    /// <param name="session">Not started yet.</param>
    /// <param name="stage">Where it takes place.</param>
    /// <param name="files">What the owners have; it is compared with what was collected.</param>
    /// <param name="stop">Ends the run.</param>
    Task<RunFigures> TakeAsync(ISession session, Stage stage, WorkloadFolder files, CancellationToken stop);
}
