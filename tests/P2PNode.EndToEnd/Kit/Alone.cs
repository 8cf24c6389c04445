namespace P2PNode.EndToEnd.Kit;

/// <summary>Tests that load the machine or measure time, and therefore run after all others and one by one.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class Alone;
