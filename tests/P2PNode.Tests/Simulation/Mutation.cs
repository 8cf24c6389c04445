using P2PNode.Core.Election;

namespace P2PNode.Tests.Simulation;

/// <summary>A product with one rule broken, to show that the simulator would notice.</summary>
internal sealed record Mutation(string Name)
{
    public ElectionRules Rules { get; init; } = new();

    public bool DiskSyncs { get; init; } = true;

    public override string ToString() => Name;
}
