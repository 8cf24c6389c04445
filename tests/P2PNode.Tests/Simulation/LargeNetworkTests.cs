using P2PNode.Core;
using P2PNode.Tests.Simulation.Faults;
using static P2PNode.Tests.Simulation.Scenario;

namespace P2PNode.Tests.Simulation;

/// <summary>
/// A network in which nodes without a leader look for a few of the lowest members only. All members are known to all,
/// the dead too, which is harder than it is in the product.
/// </summary>
public class LargeNetworkTests
{
    private const int Size = 150;
    private const int Breadth = 5;
    private const int Seeds = 2;

    [Fact]
    public void Nodes_started_within_a_second_follow_the_lowest_and_each_has_dialled_but_a_few() => For(cluster =>
    {
        Settle(cluster);
        Assert.All(Nodes(2, Size), node => Assert.Equal([new NodeId(1)], cluster[node].Links));
        Assert.InRange(cluster.Invariants.Claims, 1, 3);
    });

    [Fact]
    public void A_killed_leader_is_replaced_with_one_claim() => For(cluster =>
    {
        Settle(cluster);
        cluster[1].Crash();
        Replaced(cluster, within: 1.5, by: 2, claims: 1);
    });

    [Fact]
    public void More_killed_at_once_than_are_looked_for_are_replaced() => For(cluster =>
    {
        Settle(cluster);
        foreach (var node in Nodes(1, 2 * Breadth))
            cluster[node].Crash();
        Replaced(cluster, within: 5, by: (2 * Breadth) + 1, claims: 3);
    });

    [Fact]
    public void More_hosts_that_vanish_than_are_looked_for_are_replaced() => For(cluster =>
    {
        const int gone = 2 * Breadth;
        Settle(cluster);
        cluster.Begin(Cuts.Between(Nodes(1, gone), Nodes(gone + 1, Size)));
        foreach (var node in Nodes(1, gone))
            cluster[node].Crash();
        Replaced(cluster, within: 5 + (0.5 * gone), by: gone + 1, claims: 3);
    });

    [Fact]
    public void Each_side_of_a_partition_is_led_and_both_are_one_after_healing() => For(cluster =>
    {
        const int side = Size * 2 / 5;
        Settle(cluster);
        cluster.Begin(Cuts.Between(Nodes(1, side), Nodes(side + 1, Size)));
        cluster.FollowWithin(20, side + 1, Nodes(side + 1, Size));
        cluster.FollowWithin(0, 1, Nodes(1, side));
        cluster.Run(10);
        cluster.End(Cuts.Between(Nodes(1, side), Nodes(side + 1, Size)));
        cluster.FollowWithin(5, 1, Nodes(1, Size));
        cluster.StayCalmFor(20);
    });

    [Fact]
    public void A_lower_ID_that_returns_leads_in_the_end() => For(cluster =>
    {
        Settle(cluster);
        cluster[1].Crash();
        cluster.FollowWithin(1.5, 2, Nodes(2, Size));
        cluster.Run(10);
        cluster[1].Start();
        cluster.FollowWithin(2 * 3 + 3, 1, Nodes(1, Size));
        cluster.StayCalmFor(20);
    });

    private static void Settle(Cluster cluster)
    {
        foreach (var node in cluster.Nodes.Values)
            cluster.Queue.At(cluster.Dice.NextDouble() * cluster.Options.Heartbeat, node.Start);
        cluster.FollowWithin(4, 1, Nodes(1, Size));
        cluster.Run(5);
    }

    private static void Replaced(Cluster cluster, double within, int by, int claims)
    {
        var before = cluster.Invariants.Claims;
        cluster.FollowWithin(within, by, Nodes(by, Size));
        Assert.InRange(cluster.Invariants.Claims - before, 1, claims);
        cluster.StayCalmFor(20);
    }

    private static void For(Action<Cluster> script) =>
        Parallel.For(0, Seeds, Cluster.TwoThreads, seed => Play(seed, Size, null, script, Breadth));
}
