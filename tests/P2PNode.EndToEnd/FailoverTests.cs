using P2PNode.EndToEnd.Kit;

namespace P2PNode.EndToEnd;

[Collection(typeof(Alone))]
public sealed class FailoverTests : NetworkTest
{
    /// <summary>What the issue promises; where the sockets were reset, as here, 2 s are usual.</summary>
    private static readonly TimeSpan NewLeaderWithin = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task After_the_leader_is_killed_the_next_id_leads_within_5_s()
    {
        var rounds = Setting.Rounds(otherwise: 3);
        for (var round = 1; round <= rounds; round++)
        {
            var network = Create(1, 2, 3);
            network.Start(1, 2, 3);
            var epoch = await network.LedByAsync(1);

            var killed = Eventually.Now;
            network[1].Kill();
            await network.LedByAsync(2);

            var (atTwo, atThree) = (LeadershipOf2(network[2]) - killed, LeadershipOf2(network[3]) - killed);
            Say($"Round {round}: node 2 leads after {atTwo.TotalMilliseconds:0} ms, node 3 agrees after {atThree.TotalMilliseconds:0} ms");
            Assert.True(atTwo < NewLeaderWithin && atThree < NewLeaderWithin, $"It took {atTwo} and {atThree}.");
            Assert.True((await network[2].StatusAsync())!.Epoch > epoch);
            network.Kill();
        }
    }

    /// <summary>With the usual heartbeat of 1 s the leader's silence alone lasts 3 s.</summary>
    [Fact]
    public async Task With_a_quick_heartbeat_a_leader_that_stands_still_is_replaced_before_others_would_miss_it()
    {
        var network = Create(1, 2, 3);
        var file = Path.Combine(network.Folder, "nodes.json");
        File.WriteAllText(file, File.ReadAllText(file).Replace("{\"nodes\":", "{\"intervals\":{\"heartbeat\":0.2},\"nodes\":", StringComparison.Ordinal));
        network.Start(1, 2, 3);
        await network.LedByAsync(1);

        var stopped = Eventually.Now;
        network[1].Freeze();
        await network.LedByAsync(2);

        var took = LeadershipOf2(network[3]) - stopped;
        Say($"Node 2 leads after {took.TotalMilliseconds:0} ms");
        Assert.True(took < TimeSpan.FromSeconds(3), $"It took {took}.");
        network[1].Thaw();
    }

    private static TimeSpan LeadershipOf2(NetworkNode node) =>
        node.Lines.First(line => line.Text.Contains("Leader is node 2 ", StringComparison.Ordinal)).At;
}
