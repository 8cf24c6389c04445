using P2PNode.Tests.Simulation.Faults;

namespace P2PNode.Tests.Simulation;

public class RandomFaultTests(RandomRuns runs, ITestOutputHelper output) : IClassFixture<RandomRuns>
{
    [Fact]
    public void Every_rule_holds_and_the_lowest_ID_leads_with_all_listings_in_the_end_whatever_goes_wrong()
    {
        Assert.True(runs.Failures is null, runs.Failures);
        output.WriteLine($"Complete, in heartbeats (middle, most): after faults {runs.Spread(run => run.AfterFaults)}, "
            + $"after a takeover {runs.Spread(run => run.AfterTakeover)}, after a change {runs.Spread(run => run.AfterChange)}");
    }

    /// <summary>Else a fault that is planned but never bites would prove nothing.</summary>
    [Fact]
    public void Every_kind_of_trouble_came_about()
    {
        foreach (var happening in Enum.GetValues<Happening>())
            output.WriteLine($"{happening}: {runs.CountOf(happening)}");
        Assert.All(Enum.GetValues<Happening>(), happening => Assert.NotEqual(0, runs.CountOf(happening)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(77)]
    public void The_same_seed_tells_the_same_story(int seed)
    {
        Assert.Equal(HashOf(seed), HashOf(seed));
    }

    [Fact]
    public void Another_seed_tells_another_story()
    {
        Assert.NotEqual(HashOf(1), HashOf(2));
    }

    private static ulong HashOf(int seed) => RandomFaults.Run(seed, null).Cluster.Trace.Hash;
}
