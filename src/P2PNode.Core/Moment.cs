namespace P2PNode.Core;

/// <summary>When a step happens, and how the dice fell for it: the only time and chance that a core ever sees.</summary>
/// <param name="Now">Time since the node started, from a monotonic clock.</param>
/// <param name="Luck">One random number in [0, 1).</param>
public readonly record struct Moment(TimeSpan Now, double Luck);
