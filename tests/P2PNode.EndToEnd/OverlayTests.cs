using P2PNode.Core.Membership;
using P2PNode.EndToEnd.Kit;

namespace P2PNode.EndToEnd;

/// <summary>Processes of a network that forms itself.</summary>
[Collection(typeof(Alone))]
public sealed class OverlayTests : NetworkTest
{
    private static readonly TimeSpan KnownWithin = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Killed_nodes_are_known_to_be_dead_and_texts_reach_all_who_live()
    {
        var network = Create([.. Enumerable.Range(1, 10)]);
        foreach (var node in network.Nodes)
            node.Start("--discover");
        await KnowsAsync(network, KnownWithin);

        int[] killed = [1, 4, 8];
        foreach (var id in killed)
            network[id].Kill();
        await KnowsAsync(network, KnownWithin);
        Assert.DoesNotContain(network.Nodes.SelectMany(node => node.Lines), line => WrongDeath(line.Text, killed));

        Assert.Equal(0, (await network.RunAsync("say", "Who is left?", "--id", "5")).Code);
        var left = network.Nodes.Where(node => node.IsAwake).ToList();
        await Eventually.HoldsAsync(() => left.All(node => Shown(node) == 1), "all who live show the text once");

        network[4].Start("--discover");
        await KnowsAsync(network, TimeSpan.FromSeconds(10));
        Assert.All(left, node => Assert.Equal(1, Shown(node)));
        Assert.Equal(0, Shown(network[4]));
    }

    /// <summary>Waits until everyone who is awake knows of all whether they are.</summary>
    private static Task<TimeSpan> KnowsAsync(Network network, TimeSpan within) => Eventually.HoldsAsync(
        async () => (await network.StatusAsync()).All(node => node.Value is { } status
            && status.Members.All(member => (member.State is MemberState.Alive) == network[member.Id.Value].IsAwake)),
        "all know who lives",
        within);

    private static int Shown(NetworkNode node) => node.Lines.Count(line => line.Text.EndsWith(": Who is left?", StringComparison.Ordinal));

    private static bool WrongDeath(string line, int[] killed) =>
        line.EndsWith(" is dead", StringComparison.Ordinal) && !killed.Any(id => line.Contains($"Node {id} at ", StringComparison.Ordinal));
}
