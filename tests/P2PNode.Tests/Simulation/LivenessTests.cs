using P2PNode.Core;
using P2PNode.Tests.Simulation.Faults;
using static P2PNode.Tests.Simulation.Scenario;

namespace P2PNode.Tests.Simulation;

/// <summary>The bounds that design 3 promises on stable links, in heartbeats.</summary>
public class LivenessTests
{
    private const int Seeds = 140;

    [Fact]
    public void Nodes_started_together_need_milliseconds_and_one_claim() =>
        For((seed, size) => Play(seed, size, null, cluster =>
        {
            cluster.StartAll();
            cluster.FollowWithin(0.2, 1, Nodes(1, size));
            cluster.StayCalmFor(20);
            Assert.Equal(1, cluster.Invariants.Claims);
        }));

    [Fact]
    public void Nodes_started_within_a_second_need_one_claim() =>
        For((seed, size) => Play(seed, size, null, cluster =>
        {
            foreach (var node in cluster.Nodes.Values)
                cluster.Queue.At(cluster.Dice.NextDouble() * cluster.Options.Heartbeat, node.Start);
            cluster.FollowWithin(1.2, 1, Nodes(1, size));
            cluster.StayCalmFor(20);
            Assert.Equal(1, cluster.Invariants.Claims);
        }));

    [Fact]
    public void Killed_leaders_are_replaced_in_less_than_a_heartbeat() =>
        For((seed, size) => Play(seed, size, null, cluster =>
        {
            var killed = 1 + seed % (size - 2);
            Settle(cluster, size);
            foreach (var node in Nodes(1, killed))
                cluster[node].Crash();
            cluster.FollowWithin(1, killed + 1, Nodes(killed + 1, size));
            cluster.StayCalmFor(20);
        }));

    [Fact]
    public void Hosts_that_vanish_are_replaced_within_5_H_and_half_an_H_each() =>
        For((seed, size) => Play(seed, size, null, cluster =>
        {
            var gone = 1 + seed % (size - 2);
            Settle(cluster, size);
            cluster.Begin(Cuts.Between(Nodes(1, gone), Nodes(gone + 1, size)));
            foreach (var node in Nodes(1, gone))
                cluster[node].Crash();
            cluster.FollowWithin(5 + 0.5 * (gone - 1), gone + 1, Nodes(gone + 1, size));
            cluster.StayCalmFor(20);
        }));

    [Fact]
    public void Each_side_of_a_partition_is_led_and_both_are_one_within_3_H_of_healing() =>
        For((seed, size) => Play(seed, size, null, cluster =>
        {
            Settle(cluster, size);
            var side = Nodes(2, size).Where(_ => cluster.Dice.Next(2) == 0).Append(size).Distinct().ToArray();
            var rest = Nodes(1, size).Except(side).ToArray();
            cluster.Begin(Cuts.Between(side, rest));
            cluster.FollowWithin(5, side.Min(), side);
            cluster.FollowWithin(0, 1, rest);
            cluster.Run(10 * cluster.Dice.NextDouble());
            cluster.End(Cuts.Between(side, rest));
            cluster.FollowWithin(3, 1, Nodes(1, size));
        }));

    [Fact]
    public void A_lower_ID_leads_within_hold_down_and_3_H() =>
        For((seed, size) => Play(seed, size, null, cluster =>
        {
            foreach (var node in Nodes(2, size))
                cluster[node].Start();
            cluster.AgreeWithin(4, Nodes(2, size));
            cluster.Run(10 * cluster.Dice.NextDouble());
            cluster[1].Start();
            cluster.FollowWithin(3 + 3, 1, Nodes(1, size));
            cluster.StayCalmFor(20);
            Assert.Equal(2, cluster.Invariants.Claims);
        }));

    [Fact]
    public void A_network_that_starts_from_its_highest_ID_changes_leaders_once_per_newcomer() =>
        For((seed, _) => Play(seed, 3, null, cluster =>
        {
            cluster[3].Start();
            cluster.FollowWithin(3, 3, 3);
            cluster.Run(60);
            cluster[2].Start();
            cluster.FollowWithin(6, 2, 2, 3);
            cluster.Run(60);
            cluster[1].Start();
            cluster.FollowWithin(6, 1, 1, 2, 3);
            cluster.StayCalmFor(60);
            Assert.Equal(3, cluster.Invariants.Claims);
        }));

    [Fact]
    public void Followers_keep_no_links_among_themselves() =>
        For((seed, size) => Play(seed, size, null, cluster =>
        {
            Settle(cluster, size);
            Assert.Equal(size - 1, cluster[1].Links.Count);
            Assert.All(Nodes(2, size), node => Assert.Equal([new NodeId(1)], cluster[node].Links));
        }));

    [Fact]
    public void A_node_alone_leads_itself()
    {
        Play(0, 1, null, cluster =>
        {
            cluster.StartAll();
            cluster.FollowWithin(0, 1, 1);
        });
    }

    private static void Settle(Cluster cluster, int size)
    {
        cluster.StartAll();
        cluster.FollowWithin(0.2, 1, Nodes(1, size));
        cluster.Run(10 + cluster.Dice.NextDouble());
    }

    private static void For(Action<int, int> seedAndSize) =>
        Parallel.For(0, Seeds, Cluster.TwoThreads, seed => seedAndSize(seed, 3 + seed % 7));
}
