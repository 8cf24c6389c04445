using P2PNode.Core.Membership;
using P2PNode.Node;

namespace P2PNode.Tests.Node;

public sealed class SayTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_text_of_the_largest_size_reaches_everyone_once()
    {
        await using var network = new TestNetwork(1, 2, 3);
        foreach (var id in new[] { 1, 2, 3 })
            network.Start(id);
        await network.LedByAsync(1);

        var text = new string('ä', 32 * 1024);
        Assert.Equal(text, (await network[3].SayAsync(text, Stop)).Text);

        await network.HoldsAsync(() => Shown(network, text) == 3, "all show the text");
        await network[3].SayAsync("done", Stop);
        await network.HoldsAsync(() => Shown(network, "done") == 3, "all show the next one");
        Assert.Equal(3, Shown(network, text));
    }

    [Fact]
    public async Task A_text_that_was_said_alone_is_heard_by_who_links_a_moment_later()
    {
        await using var network = new TestNetwork(1, 2);
        network.Start(2);
        network.Start(1);
        await network.HoldsAsync(() => network[1].Status().Role is not NodeRole.Electing || network[2].Status().Role is not NodeRole.Electing, "somebody leads");
        await network[2].SayAsync("early", Stop);

        await network.HoldsAsync(() => Shown(network, "early") == 2, "both show the text");
    }

    [Fact]
    public async Task A_network_that_forms_itself_keeps_links_for_gossip()
    {
        int[] ids = [1, 2, 3, 4, 5];
        await using var network = new TestNetwork(ids);
        foreach (var id in ids)
            network.Start(id, options => options with { Discover = true });

        await network.HoldsAsync(() => ids.All(id => network[id].Status() is { Leader.Value: 1, Links.Length: 4 }), "all are neighbours of all");
        await network[5].SayAsync("hello", Stop);
        await network.HoldsAsync(() => Shown(network, "hello") == 5, "all show the text");

        await network.StopAsync(3);
        await network.HoldsAsync(() => ids.Where(id => id != 3).All(id => network[id].Members().Single(member => member.Id.Value == 3).State is MemberState.Left), "all know who left");
    }

    [Fact]
    public async Task A_node_says_no_more_than_others_pass_on()
    {
        await using var network = new TestNetwork(1);
        network.Start(1);
        await network.LedByAsync(1);

        var refused = await Assert.ThrowsAsync<SayRefusedException>(async () =>
        {
            for (var text = 0; text < 1_000; text++)
                await network[1].SayAsync($"text {text}", Stop);
        });

        Assert.False(refused.IsUsage);
    }

    private static int Shown(TestNetwork network, string text)
    {
        lock (network.Log)
            return network.Log.Count(line => line.EndsWith(": " + text, StringComparison.Ordinal));
    }
}
