using static P2PNode.Tests.Simulation.Scenario;

namespace P2PNode.Tests.Simulation;

public class CrashTests
{
    /// <summary>As many as a node has in the first start, a failover and a return together.</summary>
    private const int Effects = 120;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_node_may_die_between_any_two_effects(int victim)
    {
        Parallel.For(0, Effects, Cluster.TwoThreads, effects => Play(effects, 3, null, cluster =>
        {
            cluster[victim].CrashAfter(effects);
            cluster.StartAll();
            cluster.Run(8);
            cluster[1].Crash();
            cluster.Run(6);
            foreach (var node in cluster.Nodes.Values)
                node.Crash();
            cluster.StartAll();
            cluster.FollowWithin(2, 1, 1, 2, 3);
            cluster.StayCalmFor(10);
        }));
    }
}
