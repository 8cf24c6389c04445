namespace P2PNode.Bench.Workloads;

/// <summary>One file of a workload.</summary>
/// <param name="Owner">The ID of the node that brings it.</param>
/// <param name="Path">Below the owner's folder.</param>
/// <param name="Size">In bytes.</param>
internal sealed record WorkloadFile(int Owner, string Path, long Size);
