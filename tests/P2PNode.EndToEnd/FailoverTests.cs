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

    private static TimeSpan LeadershipOf2(NetworkNode node) =>
        node.Lines.First(line => line.Text.Contains("Leader is node 2 ", StringComparison.Ordinal)).At;
}
