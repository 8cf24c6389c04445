using P2PNode.Core;

namespace P2PNode.Tests.Simulation.Faults;

/// <summary>One run under random faults: every invariant after every event, then liveness once all is mended.</summary>
internal static class RandomFaults
{
    /// <summary>For how long things go wrong, in heartbeats.</summary>
    private const double Trouble = 40;

    /// <returns>The network as it stands at the end.</returns>
    public static Cluster Run(int seed, Mutation? mutation, bool keepsLines = false, Action<Cluster>? see = null)
    {
        var size = 3 + seed % 7;
        var cluster = new Cluster(seed, size, mutation, keepsLines);
        var schedule = new FaultSchedule(seed, size, cluster.Options.Heartbeat, Trouble);
        see?.Invoke(cluster);
        var all = Enumerable.Range(1, size).ToArray();
        schedule.Plan(cluster);
        try
        {
            cluster.Run(Trouble);
            cluster.AgreeWithin(MendedWithin, all);
            cluster.FollowWithin(HoldDown(cluster) + 3, 1, all);
            cluster.StayCalmFor(6);
            return cluster;
        }
        catch (SimulationFailure failure)
        {
            throw new SimulationFailure(
                $"Seed {seed}, {size} nodes, at {cluster.Now}: {failure.Message}. Faults: {string.Join("; ", schedule.Faults)}");
        }
    }

    /// <summary>A crash may come last: what was mended at the end may have begun just before.</summary>
    private const double MendedWithin = 7;

    private static double HoldDown(Cluster cluster) => cluster.Nodes.Values
        .Max(node => node.Machine!.HoldDownOf(new NodeId(1))) / cluster.Options.Heartbeat;
}
