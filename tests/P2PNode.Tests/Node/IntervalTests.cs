using P2PNode.Node;

namespace P2PNode.Tests.Node;

/// <summary>Nodes of one network that are set to different intervals.</summary>
public sealed class IntervalTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_follower_with_a_quick_heartbeat_waits_for_its_slow_leader()
    {
        await using var network = new TestNetwork(1, 2);
        network.Start(1, Beating(2 * Second));
        network.Start(2, Beating(Second / 5));
        await network.LedByAsync(1);
        var epoch = network[2].Status().Epoch;

        await network.HoldsAsync(() => LeaderSilentFor() > Second, "the leader is silent for longer than five heartbeats of the follower");
        await network.HoldsAsync(() => LeaderSilentFor() < Second / 2, "the leader is heard again");

        Assert.Equal(epoch, network[2].Status().Epoch);
        lock (network.Log)
        {
            Assert.DoesNotContain(network.Log, line => line.Contains("Lost node", StringComparison.Ordinal));
            Assert.DoesNotContain(network.Log.SkipWhile(line => !line.Contains("Leader is node 1", StringComparison.Ordinal)), line => line.Contains("No leader", StringComparison.Ordinal));
        }

        TimeSpan LeaderSilentFor() => TimeProvider.System.GetUtcNow() - network[2].Members().Single(member => member.Id.Value == 1).LastSeen!.Value;
    }

    private static Func<NodeOptions, NodeOptions> Beating(TimeSpan heartbeat) => options =>
        options with { Intervals = new Intervals { Election = options.Intervals.Election with { Heartbeat = heartbeat } } };
}
