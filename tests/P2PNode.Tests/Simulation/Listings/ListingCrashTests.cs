using static P2PNode.Tests.Simulation.Scenario;

namespace P2PNode.Tests.Simulation.Listings;

public class ListingCrashTests
{
    /// <summary>As many as a node has in the first start, while lists are read, and in a failover.</summary>
    private const int Effects = 300;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void An_owner_or_reader_of_lists_may_die_between_any_two_effects(int victim)
    {
        Parallel.For(0, Effects, Cluster.TwoThreads, effects => Play(effects, 3, null, cluster =>
        {
            var workload = new CatalogueWorkload(cluster);
            workload.Plan(12 * cluster.Options.Heartbeat);
            cluster[victim].CrashAfter(effects);
            cluster.StartAll();
            cluster.Run(8);
            cluster[1].Crash();
            cluster.Run(6);
            foreach (var node in cluster.Nodes.Values)
                node.Crash();
            cluster.StartAll();
            cluster.FollowWithin(2, 1, 1, 2, 3);
            workload.IsCompleteWithin(2);
        }));
    }
}
