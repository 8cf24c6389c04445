using P2PNode.Core;

namespace P2PNode.Tests.Simulation;

/// <summary>What must come about, and how soon, once links are stable (design 3).</summary>
internal static class Liveness
{
    /// <summary>Waits until all these nodes follow the same one among them, itself included.</summary>
    /// <exception cref="SimulationFailure">It took more than so many heartbeats.</exception>
    /// <returns>How many heartbeats it took.</returns>
    public static double AgreeWithin(this Cluster cluster, double heartbeats, params int[] nodes) =>
        cluster.ReachWithin(heartbeats, $"nodes {string.Join(", ", nodes)} agree on a leader", () => Agree(cluster, nodes));

    /// <summary>Waits until all these nodes follow the given one.</summary>
    public static double FollowWithin(this Cluster cluster, double heartbeats, int leader, params int[] nodes) =>
        cluster.ReachWithin(
            heartbeats,
            $"nodes {string.Join(", ", nodes)} follow node {leader}",
            () => Agree(cluster, nodes) && cluster[nodes[0]].Machine!.Leader == new NodeId(leader));

    /// <summary>Runs on and demands that no claim is made meanwhile.</summary>
    public static void StayCalmFor(this Cluster cluster, double heartbeats)
    {
        var before = cluster.Invariants.Claims;
        cluster.Run(heartbeats);
        if (cluster.Invariants.Claims != before)
            throw new SimulationFailure($"{cluster.Invariants.Claims - before} needless claims in {heartbeats} heartbeats");
    }

    public static double ReachWithin(this Cluster cluster, double heartbeats, string what, Func<bool> holds)
    {
        var start = cluster.Now;
        if (!holds() && !cluster.Queue.RunUntil(start + heartbeats * cluster.Options.Heartbeat, holds))
            throw new SimulationFailure($"not within {heartbeats} heartbeats: {what}; {cluster}");
        return (cluster.Now - start) / cluster.Options.Heartbeat;
    }

    private static bool Agree(Cluster cluster, int[] nodes)
    {
        var leader = cluster[nodes[0]].Machine?.Leader;
        if (leader is not { } chosen || !nodes.Contains(chosen.Value))
            return false;
        var epoch = cluster.Nodes[chosen].Machine?.Epoch;
        return nodes.All(node =>
            cluster[node].Machine is { } machine && machine.Leader == chosen && machine.Epoch == epoch);
    }
}
