using P2PNode.Bench.Measures;

namespace P2PNode.Bench.Report;

/// <summary>One run of one peer.</summary>
/// <param name="Work">W2 and so on.</param>
/// <param name="Peer">Who ran.</param>
/// <param name="Round">Runs of one round follow one another closely.</param>
/// <param name="Figures">Null where the run failed.</param>
internal sealed record Sample(string Work, string Peer, int Round, RunFigures? Figures);
