using P2PNode.EndToEnd.Kit;

namespace P2PNode.EndToEnd;

/// <summary>A text that one user says and every live node shows once.</summary>
public sealed class SayTests : NetworkTest
{
    [Fact]
    public async Task What_a_follower_says_every_node_shows_once()
    {
        var network = Create(1, 2, 3);
        network.Start(1, 2, 3);
        await network.LedByAsync(1);

        var said = await network.AskAsync("say", "Backup at noon \u001b[31m!", "--id", "2");
        Assert.Equal(2, said.GetProperty("id").GetInt32());
        Assert.Equal(0, (await network.RunAsync("say", "And a second one", "--id", "3")).Code);

        await Eventually.HoldsAsync(() => network.Nodes.All(node => Shown(node, "And a second one") > 0), "all show the second text");
        Assert.All(network.Nodes, node => Assert.Equal((1, 1), (Shown(node, @"Backup at noon \u001b[31m!"), Shown(node, "And a second one"))));
        Assert.Contains(network[3].Lines, line => line.Text.Contains("Node 2 says (by way of node 1): Backup", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nobody_says_nothing_or_too_much()
    {
        var network = Create(1);
        network.Start(1);
        await network.LedByAsync(1);

        Assert.Equal(2, (await network.RunAsync("say", " ")).Code);
        Assert.Equal(2, (await network.RunAsync("say", new string('x', 70_000))).Code);
        Assert.Equal(0, (await network.RunAsync("say", new string('x', 65_536))).Code);
        Assert.Equal(3, (await network.RunAsync("say", "hello", "--id", "9", "--folder", network.Folder)).Code);
    }

    private static int Shown(NetworkNode node, string text) =>
        node.Lines.Count(line => line.Text.EndsWith(": " + text, StringComparison.Ordinal));
}
