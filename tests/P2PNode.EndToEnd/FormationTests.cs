using System.Text.RegularExpressions;
using P2PNode.EndToEnd.Kit;

namespace P2PNode.EndToEnd;

/// <summary>
/// Networks of many processes, which form themselves. P2PNODE_STRICT=1 holds them to the seconds that are promised, where
/// they have the machine to themselves and the program is a published one, which P2PNODE_PROGRAM names; otherwise they have
/// two minutes each, and the seconds are printed.
/// </summary>
[Collection(typeof(Alone))]
public sealed partial class FormationTests : IDisposable
{
    private const int Seeds = 5;
    private const int Nodes = 30;
    private const int AtOnce = 10;

    private readonly List<SeededNetwork> _networks = [];

    private static ITestOutputHelper? Output => TestContext.Current.TestOutputHelper;

    public void Dispose()
    {
        foreach (var network in _networks)
        {
            if (TestContext.Current.TestState?.Result == TestResult.Failed)
                Output?.WriteLine(network.Log);
            network.Dispose();
        }
    }

    [Fact]
    public async Task Thirty_nodes_find_one_another_and_lose_ten_at_once_and_all_their_seeds()
    {
        var network = await CreateAsync(Seeds);
        for (var started = 0; started < Nodes; started += AtOnce)
            await network.StartAsync(AtOnce);
        await KnowsAsync(network, "all know all, after the last was started", strict: 10);
        Assert.Empty(network.CalledDead());

        var killed = network.Live.Take(AtOnce).ToList();
        killed.ForEach(node => node.Process.Send(ProcessSignal.Kill));
        killed.ForEach(node => node.Process.Kill());
        await KnowsAsync(network, "ten were killed, and all know", strict: 30);

        network.KillSeeds(3);
        await network.StartAsync(1);
        await KnowsAsync(network, "three seeds are gone, and a newcomer is known and knows all", strict: 10);

        network.KillSeeds(2);
        var restarted = await network.StartSeedsAsync();
        Assert.Equal(Seeds, restarted.Count);
        Assert.All(restarted, line => Assert.Matches(RestoredSome(), line));
        await network.StartAsync(1);
        await KnowsAsync(network, "all seeds began anew, and a newcomer is known and knows all", strict: 10);

        // Not each death is said: who hears of one from the leader says nothing.
        Assert.All(network.CalledDead(), id => Assert.Contains(id, killed.Select(node => node.Id.Value)));
    }

    /// <summary>P2PNODE_PAUSE says for how many seconds; after three the others miss it.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_node_that_stood_still_condemns_nobody_and_is_alive_again(bool leads)
    {
        var network = await CreateAsync(seeds: 3);
        await network.StartAsync(6);
        await KnowsAsync(network, "all know all", strict: 10);
        var leader = (await network.Live[0].StatusAsync())!.Leader!.Value;
        var paused = network.Live.First(node => node.Id == leader == leads);
        var began = Eventually.Now;

        paused.Process.Send(ProcessSignal.Stop);
        await Eventually.HoldsAsync(() => network.CalledDead().Contains(paused.Id.Value), "the others miss it");
        await Eventually.HoldsAsync(() => Eventually.Now - began > Setting.Pause(otherwise: 8), "it stood still for long enough", Setting.Pause(otherwise: 8) + Eventually.Deadline);
        paused.Process.Send(ProcessSignal.Continue);
        await KnowsAsync(network, "it goes on, and all know all", strict: 10);

        Assert.Equal([paused.Id.Value], network.CalledDead());
    }

    [GeneratedRegex(@"with [1-9]\d* registered from before")]
    private static partial Regex RestoredSome();

    private async Task<SeededNetwork> CreateAsync(int seeds)
    {
        var network = new SeededNetwork(seeds);
        _networks.Add(network);
        await network.StartSeedsAsync();
        return network;
    }

    private static async Task KnowsAsync(SeededNetwork network, string what, int strict)
    {
        var within = TimeSpan.FromSeconds(Setting.IsStrict ? strict : 120);
        var took = await network.KnowsAsync(within);
        Output?.WriteLine($"{took.TotalSeconds,6:0.0} s (promised: {strict}): {what}.");
    }
}
