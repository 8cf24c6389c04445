namespace P2PNode.Bench.Measures;

/// <summary>One thing that was measured several times.</summary>
internal sealed record Figure(string Name, string Unit, IReadOnlyList<double> Values);
