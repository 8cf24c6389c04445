using P2PNode.Core.Election;
using P2PNode.Tests.Simulation.Faults;
using static P2PNode.Tests.Simulation.Noticing;
using static P2PNode.Tests.Simulation.Scenario;

namespace P2PNode.Tests.Simulation;

/// <summary>Networks of nodes that may have fewer links than there are others (maxPeers): one leader, and whoever has none says why.</summary>
public class FullNodesTests
{
    private const int Seeds = 150;

    [Fact]
    public void However_few_links_nodes_may_have_one_leads() =>
        Parallel.For(0, Seeds, Cluster.TwoThreads, seed => Play(seed, 3 + seed % 7, null, cluster =>
        {
            Bound(cluster);
            cluster.StartAll();
            cluster.ReachWithin(40, "one leads and all others follow it or say why not", () => IsWhole(cluster));
            cluster.Run(20);
            cluster.StayCalmFor(60);
            Assert.True(IsWhole(cluster), cluster.ToString());
        }));

    [Fact]
    public void When_the_leader_dies_one_leads_again() =>
        Parallel.For(0, Seeds, Cluster.TwoThreads, seed => Play(seed, 4 + seed % 6, null, cluster =>
        {
            Bound(cluster);
            cluster.StartAll();
            cluster.ReachWithin(40, "one leads and all others follow it or say why not", () => IsWhole(cluster));
            cluster.Running.Single(node => node.Machine!.Role is Role.Leader).Crash();
            cluster.ReachWithin(40, "another one leads", () => IsWhole(cluster));
            cluster.Run(20);
            cluster.StayCalmFor(60);
            Assert.True(IsWhole(cluster), cluster.ToString());
        }));

    [Fact]
    public void When_a_cut_heals_one_leads() => Parallel.For(0, Seeds, Cluster.TwoThreads, seed => A_cut_heals(seed, null));

    [Fact]
    public void A_candidate_that_does_not_heed_the_full_is_noticed() =>
        IsNoticed(A_cut_heals, new("heeds nobody who is full") { Rules = new LeadsBesideTheFull() }, "claims", "not within");

    private static void A_cut_heals(int seed, Mutation? mutation) => Play(seed, 6, mutation, cluster =>
    {
        Bound(cluster);
        var cut = Cuts.Between([1, 2, 3], [4, 5, 6]).ToArray();
        cluster.Begin(cut);
        cluster.StartAll();
        cluster.Run(30);
        cluster.End(cut);
        cluster.ReachWithin(40, "one leads and all others follow it or say why not", () => IsWhole(cluster));
        cluster.Run(20);
        cluster.StayCalmFor(60);
    });

    /// <summary>Some nodes have room for one link, some for all but one of the others.</summary>
    private static void Bound(Cluster cluster)
    {
        var most = cluster.Nodes.Keys.ToDictionary(id => id, _ => cluster.Dice.Next(1, cluster.Nodes.Count - 1));
        cluster.MostLinksOf = id => most[id];
    }

    private static bool IsWhole(Cluster cluster) =>
        cluster.Running.Count(node => node.Machine!.Role is Role.Leader) == 1
        && cluster.Running.All(node => node.Machine!.Role switch
        {
            Role.Leader => true,
            Role.Follower => node.Links.Contains(node.Machine.Leader!.Value) && cluster.Nodes[node.Machine.Leader.Value].Machine?.Role is Role.Leader,
            Role.Electing => node.Machine.FindsNoRoomAt is not null || node.Machine.CannotReachLeader is not null,
            _ => false,
        });

    private sealed class LeadsBesideTheFull : ElectionRules
    {
        public override bool HeedsTheFull => false;
    }
}
