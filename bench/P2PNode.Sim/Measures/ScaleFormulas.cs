using P2PNode.Core.Membership;

namespace P2PNode.Sim.Measures;

/// <summary>What the numbers should be by the way the overlay works (docs/scale.md).</summary>
internal static class ScaleFormulas
{
    /// <summary>Mean neighbours: each node chooses four and is chosen by as many, unless there are not enough others.</summary>
    public static double Neighbours(int nodes) => Math.Min(2 * Options.Chosen, nodes - 1);

    /// <summary>
    /// Until all know that a host went off: three misses, the first of which comes within a second to the earliest of its
    /// neighbours; a witness's look; the time to speak up; each of the last two waits for the next round, half a second
    /// later on average; and the way of the news.
    /// </summary>
    public static double CrashKnown(int nodes) =>
        (Options.Misses + 1 / (Neighbours(nodes) + 1) + Options.Misses + 0.5 + 4 + 0.5) * Options.Probe.TotalSeconds + Spread(nodes);

    /// <summary>Each text goes over every link in one direction or both, but never back where it came from.</summary>
    public static double FloodCost(int nodes) => nodes * Neighbours(nodes) - (nodes - 1);

    /// <summary>Probe and answer over each link.</summary>
    public static double Messages(int nodes) => 2 * Neighbours(nodes);

    private static OverlayOptions Options { get; } = new();

    /// <summary>News waits at each node to be gathered, and reaches seven times as many with each.</summary>
    private static double Spread(int nodes) => Math.Log(nodes, Neighbours(nodes) - 1) * (Options.Gather.TotalSeconds + 0.01);
}
