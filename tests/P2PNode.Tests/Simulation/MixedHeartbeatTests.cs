using P2PNode.Tests.Simulation.Faults;
using static P2PNode.Tests.Simulation.Scenario;

namespace P2PNode.Tests.Simulation;

/// <summary>Nodes of one network whose heartbeats differ: the slow ones are waited for, and nothing goes to and fro.</summary>
public class MixedHeartbeatTests
{
    private const int Seeds = 60;
    private const int Slower = 5;

    [Fact]
    public void Nobody_gives_a_slow_leader_up_nor_a_quick_one() =>
        For((cluster, size) =>
        {
            cluster.StartAll();
            cluster.FollowWithin(0.2, 1, Nodes(1, size));
            cluster.Run(2);

            var isLost = cluster.Queue.RunUntil(cluster.Now + 60 * Slower * cluster.Options.Heartbeat, () => cluster.Running.Any(node => node.Machine!.Leader is null));

            Assert.False(isLost, cluster.ToString());
            Assert.Equal(1, cluster.Invariants.Claims);
        });

    [Fact]
    public void A_leader_whose_host_vanishes_is_replaced_as_fast_as_the_slowest_allows() =>
        For((cluster, size) =>
        {
            Settle(cluster, size);
            cluster.Begin(Cuts.Between(Nodes(1, 1), Nodes(2, size)));
            cluster[1].Crash();
            cluster.FollowWithin(6 * Slower, 2, Nodes(2, size));
            cluster.StayCalmFor(20 * Slower);
        });

    [Fact]
    public void A_killed_leader_is_replaced_as_fast_as_the_slowest_allows() =>
        For((cluster, size) =>
        {
            Settle(cluster, size);
            cluster[1].Crash();
            cluster.FollowWithin(2 * Slower, 2, Nodes(2, size));
            cluster.StayCalmFor(20 * Slower);
        });

    [Fact]
    public void A_lower_ID_comes_to_lead() =>
        For((cluster, size) =>
        {
            foreach (var node in Nodes(2, size))
                cluster[node].Start();
            cluster.AgreeWithin(4 * Slower, Nodes(2, size));
            cluster[1].Start();
            cluster.FollowWithin(6 * Slower, 1, Nodes(1, size));
            cluster.StayCalmFor(20 * Slower);
        });

    private static void Settle(Cluster cluster, int size)
    {
        cluster.StartAll();
        cluster.FollowWithin(0.2, 1, Nodes(1, size));
        cluster.Run(3 * Slower);
    }

    private static void For(Action<Cluster, int> test) => Parallel.For(1, Seeds + 1, Cluster.TwoThreads, seed =>
    {
        var size = 3 + seed % 5;
        Play(seed, size, null, cluster =>
        {
            cluster.HeartbeatOf = id => (seed >> id.Value % 3) % 2 == 0 ? cluster.Options.Heartbeat : Slower * cluster.Options.Heartbeat;
            test(cluster, size);
        });
    });
}
