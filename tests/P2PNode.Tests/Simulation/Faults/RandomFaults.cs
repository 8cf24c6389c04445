using P2PNode.Core;
using P2PNode.Tests.Simulation.Listings;

namespace P2PNode.Tests.Simulation.Faults;

/// <summary>One run under random faults: every invariant after every event, then liveness once all is mended.</summary>
internal static class RandomFaults
{
    /// <summary>For how long things go wrong, in heartbeats.</summary>
    private const double Trouble = 40;

    /// <summary>
    /// How soon after that all agree, in heartbeats. More than a single fault may take, as what is mended at the end may
    /// have begun just before.
    /// </summary>
    private const double MendedWithin = 6;

    /// <summary>How soon after all agree the catalogue is complete, in heartbeats.</summary>
    private const double CompleteWithin = 2;

    /// <summary>How soon after a change, and after a node that had caught up has taken over.</summary>
    private const double ChangedWithin = 1;

    /// <summary>Plays one seed; a failure comes with so many of its last events.</summary>
    /// <returns>The network as it stands at the end, and how long its catalogue took.</returns>
    /// <exception cref="SimulationFailure">A rule was broken; the same seed breaks it again.</exception>
    public static Outcome Run(int seed, Mutation? mutation, int lastLines = 60)
    {
        try
        {
            return Play(seed, mutation, lastLines: null);
        }
        catch (SimulationFailure)
        {
            return Play(seed, mutation, lastLines);
        }
    }

    private static Outcome Play(int seed, Mutation? mutation, int? lastLines)
    {
        var size = 3 + seed % 7;
        var cluster = new Cluster(seed, size, mutation, keepsLines: lastLines is not null);
        var schedule = new FaultSchedule(seed, size, cluster.Options.Heartbeat, Trouble);
        var all = Scenario.Nodes(1, size);
        var workload = new CatalogueWorkload(cluster);
        schedule.Plan(cluster);
        workload.Plan(Trouble * cluster.Options.Heartbeat);
        try
        {
            cluster.Run(Trouble);
            workload.ChangeAll();
            cluster.AgreeWithin(MendedWithin, all);
            var afterFaults = workload.IsCompleteWithin(CompleteWithin);
            cluster.FollowWithin(HoldDown(cluster) + 3, 1, all);
            var afterTakeover = workload.IsCompleteWithin(ChangedWithin);
            workload.ChangeAll();
            var afterChange = workload.IsCompleteWithin(ChangedWithin);
            cluster.StayCalmFor(6);
            return new Outcome(cluster, afterFaults, afterTakeover, afterChange);
        }
        catch (SimulationFailure failure)
        {
            throw new SimulationFailure($"""
                Seed {seed}, {size} nodes, at {cluster.Now}: {failure.Message}
                Faults:
                  {string.Join("\n  ", schedule.Faults)}
                Last events:
                {string.Join("\n", cluster.Trace.Lines.TakeLast(lastLines ?? 0))}
                """);
        }
    }

    /// <summary>The longest that any node holds node 1 down, in heartbeats.</summary>
    private static double HoldDown(Cluster cluster) => cluster.Nodes.Values
        .Max(node => node.Machine!.HoldDownOf(new NodeId(1))) / cluster.Options.Heartbeat;

    /// <summary>How a run went: in how many heartbeats the catalogue was complete, each time that it was waited for.</summary>
    public sealed record Outcome(Cluster Cluster, double AfterFaults, double AfterTakeover, double AfterChange);
}
