using P2PNode.EndToEnd.Kit;

namespace P2PNode.EndToEnd;

[Collection(typeof(Alone))]
public sealed class StopTests : NetworkTest
{
    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(2);

    /// <summary>Far below the 3 s of silence after which a leader counts as lost.</summary>
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(1.5);

    [Theory]
    [InlineData(nameof(ProcessSignal.Interrupt))]
    [InlineData(nameof(ProcessSignal.Terminate))]
    [InlineData(nameof(ProcessSignal.HangUp))]
    public async Task A_signal_ends_a_node_cleanly_in_2_s_and_the_others_know_at_once(string signal)
    {
        var network = Create(1, 2, 3);
        network.Start(1, 2, 3);
        await network.LedByAsync(1);

        var follower = await StopAsync(network[3], signal);
        var known = await Eventually.HoldsAsync(async () => await StateOf3Async(network) == "left", "node 1 knows that node 3 has left", AtOnce);
        var leader = await StopAsync(network[1], signal);
        var next = await Eventually.HoldsAsync(
            async () => await network[2].StatusAsync() is { Leader.Value: 2 }, "node 2 leads", AtOnce);

        Say($"The follower ended in {follower.TotalMilliseconds:0} ms and was known to have left {known.TotalMilliseconds:0} ms later");
        Say($"The leader ended in {leader.TotalMilliseconds:0} ms and was succeeded {next.TotalMilliseconds:0} ms later");
    }

    [Fact]
    public async Task A_node_ends_in_2_s_in_the_midst_of_collecting()
    {
        var network = Create(1, 2);
        for (var i = 0; i < 8; i++)
            Content.Fill(network[2].Put($"{i}.bin", ""), 64 << 20, seed: i);
        network.Start(1, 2);
        await Eventually.HoldsAsync(() => network[1].Receiving.Any(), "collecting is under way");

        await StopAsync(network[1], nameof(ProcessSignal.Terminate));
        await StopAsync(network[2], nameof(ProcessSignal.Terminate));

        network.Start(1, 2);
        await network.CollectedAsync(1, [2]);
        Assert.Empty(network[1].Receiving);
    }

    private static async Task<TimeSpan> StopAsync(NetworkNode node, string signal)
    {
        var sent = Eventually.Now;
        node.Process.Send(Enum.Parse<ProcessSignal>(signal));
        var code = await node.Process.ExitAsync(EndsWithin);
        Assert.Equal(0, code);
        return Eventually.Now - sent;
    }

    private static async Task<string?> StateOf3Async(Network network)
    {
        var status = await network[1].StatusAsync();
        return status?.Members.Single(member => member.Id.Value == 3).State.ToString().ToLowerInvariant();
    }
}
