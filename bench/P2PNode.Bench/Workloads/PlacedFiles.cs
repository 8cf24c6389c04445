namespace P2PNode.Bench.Workloads;

/// <summary>
/// The files of a workload where runs take place: in memory, if that is where they do. Runs need only link them then.
/// They are gone when this is disposed.
/// </summary>
internal sealed class PlacedFiles(WorkloadFolder kept, string folder) : IDisposable
{
    public WorkloadFolder Files { get; } = kept.PlaceIn(folder);

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
