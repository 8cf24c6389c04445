using P2PNode.Core.Election;
using P2PNode.Tests.Simulation.Faults;
using static P2PNode.Tests.Simulation.Scenario;

namespace P2PNode.Tests.Simulation;

/// <summary>Networks in which any path may be cut for good, one way or both. No rule suits all of them best.</summary>
public class PartialConnectivityTests
{
    private const int Seeds = 150;

    [Fact]
    public void Leadership_does_not_go_to_and_fro() =>
        Parallel.For(0, Seeds, Cluster.TwoThreads, seed => Play(seed, 3 + seed % 7, null, cluster =>
        {
            var aWhile = cluster.Options.LongestHoldDown / cluster.Options.Heartbeat;
            Break(cluster, beforeTheStart: seed % 2 == 0);
            cluster.Run(aWhile);

            var before = cluster.Invariants.Claims;
            cluster.Run(2 * aWhile);
            Assert.InRange(cluster.Invariants.Claims - before, 0, 2 * cluster.Nodes.Count);
        }));

    [Fact]
    public void A_follower_follows_a_node_that_it_reaches() =>
        Parallel.For(0, Seeds, Cluster.TwoThreads, seed => Play(seed, 3 + seed % 7, null, cluster =>
        {
            Break(cluster, beforeTheStart: seed % 2 == 0);
            cluster.Run(30);

            Assert.All(
                cluster.Nodes.Values.Where(node => node.Machine!.Role is Role.Follower),
                node => Assert.True(cluster.Network.IsOpenBothWays(node.Id, node.Machine!.Leader!.Value)));
        }));

    private static void Break(Cluster cluster, bool beforeTheStart)
    {
        if (!beforeTheStart)
            cluster.StartAll();
        foreach (var (one, other) in Pairs(cluster.Nodes.Count))
        {
            var shape = cluster.Dice.Next(10);
            if (shape < 2)
                cluster.Begin(Cuts.Between(one, other));
            else if (shape < 4)
                cluster.Begin(Cuts.OneWay(one, other));
        }

        cluster.StartAll();
    }

    private static IEnumerable<(int One, int Other)> Pairs(int size) =>
        from one in Nodes(1, size)
        from other in Nodes(1, size)
        where one != other
        select (one, other);
}
