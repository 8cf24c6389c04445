using P2PNode.Core;
using P2PNode.Core.Election;
using P2PNode.Tests.Simulation.Faults;
using static P2PNode.Tests.Simulation.Scenario;

namespace P2PNode.Tests.Simulation;

/// <summary>Situations in which elections by the lowest ID are known to have failed, here or elsewhere.</summary>
internal static class KnownFailures
{
    /// <summary>Ranks over all IDs in place of the live ones: nobody stood for 20 H, then everybody.</summary>
    public static void A_split_of_a_hundred(int seed, Mutation? mutation) =>
        Play(seed, 100, mutation, cluster =>
        {
            cluster.StartAll();
            cluster.FollowWithin(4, 1, Nodes(1, 100));
            cluster.Begin(Cuts.Between(Nodes(1, 40), Nodes(41, 100)));
            cluster.FollowWithin(6, 41, Nodes(41, 100));
            cluster.StayCalmFor(20);
            Demand(cluster, cluster.Invariants.Claims <= 3, $"{cluster.Invariants.Claims} claims for two leaders");
        });

    /// <summary>Heartbeats that overtook one another: a leader was told of itself and outbid itself for ever.</summary>
    public static void Heartbeats_that_overtake_one_another(int seed, Mutation? mutation) =>
        Play(seed, 4, mutation, cluster =>
        {
            cluster.StartAll();
            cluster.FollowWithin(4, 1, 1, 2, 3, 4);
            cluster.Network.Weather = new Weather
            {
                Reorders = true,
                Duplication = 0.5,
                LongestDelay = cluster.Options.Heartbeat * 1.5,
            };
            cluster.StayCalmFor(60);
        });

    /// <summary>
    /// elasticsearch#43183, and a low ID that pre-empted every 4.4 H although nobody could reach it: the lowest ID
    /// reaches only one node, which reaches all.
    /// </summary>
    public static void The_lowest_ID_reaches_only_one(int seed, Mutation? mutation) =>
        Play(seed, 5, mutation, cluster =>
        {
            cluster.StartAll();
            cluster.FollowWithin(4, 1, 1, 2, 3, 4, 5);
            cluster.Begin(Cuts.Between([1], [3, 4, 5]));
            cluster.Run(1);
            cluster.FollowWithin(10, 2, 1, 2, 3, 4, 5);
            cluster.StayCalmFor(60);
            cluster.End(Cuts.Between([1], [3, 4, 5]));
            cluster.FollowWithin(9, 1, 1, 2, 3, 4, 5);
        });

    /// <summary>The same from the first start on.</summary>
    public static void The_lowest_ID_never_reached_more_than_one(int seed, Mutation? mutation) =>
        Play(seed, 5, mutation, cluster =>
        {
            cluster.Begin(Cuts.Between([1], [3, 4, 5]));
            cluster.StartAll();
            cluster.FollowWithin(12, 2, 1, 2, 3, 4, 5);
            cluster.StayCalmFor(60);
        });

    /// <summary>The lowest two of three outer nodes took turns; only the one in the middle reaches all.</summary>
    public static void A_star_around_a_higher_ID(int seed, Mutation? mutation) =>
        Play(seed, 4, mutation, cluster =>
        {
            cluster.StartAll();
            cluster.FollowWithin(4, 1, 1, 2, 3, 4);
            cluster.Begin([.. Cuts.Between([1], [2, 4]), .. Cuts.Between(2, 4)]);
            cluster.Run(1);
            cluster.FollowWithin(20, 3, 1, 2, 3, 4);
            cluster.StayCalmFor(120);
            cluster.End([.. Cuts.Between([1], [2, 4]), .. Cuts.Between(2, 4)]);
            cluster.FollowWithin(12, 1, 1, 2, 3, 4);
        });

    /// <summary>atlasdb#1686: A and C reach B but not each other, and the leadership went to and fro.</summary>
    public static void Two_of_three_reach_only_the_third(int seed, Mutation? mutation) =>
        Play(seed, 3, mutation, cluster =>
        {
            cluster.StartAll();
            cluster.FollowWithin(4, 1, 1, 2, 3);
            cluster.Begin(Cuts.Between(1, 3));
            cluster.Run(6);
            cluster.StayCalmFor(120);
            cluster.FollowWithin(0, 1, 1, 2);
            var said = cluster[3].Machine!.CannotReachLeader;
            Demand(cluster, said == new NodeId(1), "node 3 does not say that it cannot reach node 1");
            cluster.End(Cuts.Between(1, 3));
            cluster.FollowWithin(3, 1, 1, 2, 3);
        });

    /// <summary>The lowest ID comes back to a leader that reaches one more than it does.</summary>
    public static void The_lowest_ID_returns_but_does_not_reach_all(int seed, Mutation? mutation) =>
        Play(seed, 3, mutation, cluster =>
        {
            cluster[2].Start();
            cluster[3].Start();
            cluster.FollowWithin(4, 2, 2, 3);
            cluster.Begin(Cuts.Between(1, 3));
            cluster[1].Start();
            cluster.FollowWithin(3, 2, 1, 2, 3);
            cluster.StayCalmFor(60);
        });

    /// <summary>Each flap of the lowest ID cost two changes of leadership.</summary>
    public static void The_lowest_ID_flaps(int seed, Mutation? mutation) =>
        Play(seed, 3, mutation, cluster =>
        {
            cluster.StartAll();
            cluster.FollowWithin(4, 1, 1, 2, 3);
            for (var flap = 0; flap < 54; flap++)
            {
                cluster[1].Crash();
                cluster.Run(5);
                cluster[1].Start();
                cluster.Run(6);
            }

            Demand(cluster, cluster.Invariants.Claims <= 8, $"{cluster.Invariants.Claims} claims in 54 flaps");
        });

    /// <summary>A leader that was stopped for a while goes on where it was, ten heartbeats late.</summary>
    public static void A_stopped_leader_goes_on(int seed, Mutation? mutation) =>
        Play(seed, 4, mutation, cluster =>
        {
            cluster.StartAll();
            cluster.FollowWithin(4, 1, 1, 2, 3, 4);
            cluster[1].Pause();
            cluster.FollowWithin(5, 2, 2, 3, 4);
            cluster.Run(5);
            cluster[1].Resume();
            Demand(cluster, cluster[1].Machine!.Role is not (Role.Leader or Role.Yielding), "a stopped leader leads on");
            cluster.FollowWithin(1, 2, 1, 2, 3, 4);
            cluster.FollowWithin(9, 1, 1, 2, 3, 4);
        });

    private static void Demand(Cluster cluster, bool holds, string otherwise)
    {
        if (!holds)
            throw new SimulationFailure($"{otherwise}; {cluster}");
    }
}
