using System.Collections.Concurrent;
using P2PNode.Tests.Simulation.Faults;

namespace P2PNode.Tests.Simulation;

public class RandomFaultTests
{
    private const int Seeds = 300;

    [Fact]
    public void Every_rule_holds_and_the_lowest_ID_leads_in_the_end_whatever_goes_wrong()
    {
        var failures = new ConcurrentBag<string>();
        Parallel.For(0, Seeds, Cluster.TwoThreads, seed =>
        {
            try
            {
                RandomFaults.Run(seed, null);
            }
            catch (SimulationFailure failure)
            {
                failures.Add(failure.Message);
            }
        });

        Assert.True(
            failures.IsEmpty,
            $"{failures.Count} of {Seeds} seeds failed:\n{string.Join('\n', failures.Select(failure => failure.Split('\n')[0]).Order())}\n\n{failures.Min()}");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(77)]
    public void The_same_seed_tells_the_same_story(int seed)
    {
        Assert.Equal(RandomFaults.Run(seed, null).Trace.Hash, RandomFaults.Run(seed, null).Trace.Hash);
    }

    [Fact]
    public void Another_seed_tells_another_story()
    {
        Assert.NotEqual(RandomFaults.Run(1, null).Trace.Hash, RandomFaults.Run(2, null).Trace.Hash);
    }
}
