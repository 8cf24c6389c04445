namespace P2PNode.Bench.Workloads;

/// <summary>Files that owners bring to one collector; the same ones at every run.</summary>
/// <param name="Name">As in docs/performance.md: W2 and so on.</param>
/// <param name="Title">What it is, in a few words.</param>
/// <param name="Files">All files of all owners.</param>
internal sealed record Workload(string Name, string Title, IReadOnlyList<WorkloadFile> Files)
{
    public long Bytes => Files.Sum(file => file.Size);

    public IReadOnlyList<int> Owners => [.. Files.Select(file => file.Owner).Distinct().Order()];
}
