using System.Runtime.CompilerServices;

namespace P2PNode.Tests.Simulation;

/// <summary>A run with a script in place of random faults; only delays and jitter come from the seed.</summary>
internal static class Scenario
{
    public static void Play(
        int seed, int size, Mutation? mutation, Action<Cluster> script, int breadth = int.MaxValue, [CallerMemberName] string name = "")
    {
        var cluster = new Cluster(seed, size, mutation, breadth: breadth);
        try
        {
            script(cluster);
        }
        catch (SimulationFailure failure)
        {
            throw new SimulationFailure($"{name}, seed {seed}, {size} nodes, at {cluster.Now}: {failure.Message}");
        }
    }

    /// <summary>The numbers of so many nodes.</summary>
    public static int[] Nodes(int first, int last) => [.. Enumerable.Range(first, last - first + 1)];
}
