using P2PNode.Sim.Network;

namespace P2PNode.Tests.Overlay;

/// <summary>A thousand nodes, each with the product's own overlay.</summary>
public sealed class LargeNetworkTests
{
    private const int Size = 1_000;

    [Fact]
    public void Half_of_a_thousand_die_and_the_rest_stay_connected_and_know_it()
    {
        var (network, watch) = Started(seed: 1);
        var victims = network.Nodes.Where(node => node.Id.Value % 2 == 0).ToList();

        victims.ForEach(node => network.Crash(node, hostGoesOff: node.Id.Value % 4 == 0));
        network.Run(TimeSpan.FromSeconds(10));

        Assert.Equal(Size / 2, watch.Reachable());
        Assert.True(network.RunUntil(watch.AllKnowTheTruth, TimeSpan.FromSeconds(80)));
        Assert.Empty(watch.FalseDeaths);
        network.Run(TimeSpan.FromSeconds(6)); // The last suspects are declared dead.
        Assert.All(victims, victim => Assert.Contains(watch.Reports, report => report.Of == victim.Id));
    }

    [Theory]
    [InlineData(false, 9)]
    [InlineData(true, 15)]
    public void All_know_a_crash_within_a_bound(bool hostGoesOff, int seconds)
    {
        var (network, watch) = Started(seed: 2);

        network.Crash(network[500], hostGoesOff);

        Assert.True(network.RunUntil(() => watch.AllKnowDead(network[500]), TimeSpan.FromSeconds(seconds)));
        Assert.Empty(watch.FalseDeaths);
        Assert.True(watch.Reports.Count(report => report.Of == network[500].Id) >= 2, "Two witnesses report to the seeds.");
    }

    [Fact]
    public void Nobody_is_taken_for_dead_in_a_minute_of_loss()
    {
        var (network, watch) = Started(seed: 3, new Weather { Loss = 0.05, Reorders = true });

        network.Run(TimeSpan.FromMinutes(1));

        Assert.Empty(watch.FalseDeaths);
    }

    [Fact]
    public void An_idle_node_sends_less_than_the_bound()
    {
        var (network, _) = Started(seed: 4);
        foreach (var node in network.Nodes)
            (node.MessagesSent, node.BytesSent) = (0, 0);

        network.Run(TimeSpan.FromMinutes(1));

        Assert.InRange(network.Nodes.Average(node => node.BytesSent) / 60, 300, 1_500);
    }

    [Fact]
    public void Everyone_shows_every_text_once_while_links_change_and_messages_are_lost()
    {
        var (network, _) = Started(seed: 5, new Weather { Loss = 0.05, Reorders = true }, size: 500);
        var sayers = network.Nodes.Where(node => node.Id.Value % 50 == 0).ToList();
        for (var text = 0; text < 5; text++)
        {
            var word = $"text {text}";
            foreach (var node in sayers)
                network.After(TimeSpan.FromSeconds(2 * text), () => network.Say(node, word));
        }

        // Others crash meanwhile, so that their neighbours look for new ones.
        foreach (var node in network.Nodes.Where(node => node.Id.Value % 10 == 1))
            network.After(TimeSpan.FromSeconds(node.Id.Value / 100.0), () => network.Crash(node, hostGoesOff: false));

        network.Run(TimeSpan.FromSeconds(30));

        Assert.All(network.Running, node => Assert.Equal(5 * sayers.Count, node.Shown.Count));
    }

    [Fact]
    public void Two_halves_that_were_apart_find_each_other_and_no_false_death_is_left()
    {
        var (network, watch) = Started(seed: 6, size: 200);

        network.Cut((from, to) => from.Id.Value <= 100 != to.Id.Value <= 100);
        Assert.True(network.RunUntil(() => network.Running.All(node => node.Members!.Alive.Count == 100), TimeSpan.FromMinutes(2)));
        network.Mend();

        Assert.True(network.RunUntil(watch.AllKnowTheTruth, TimeSpan.FromSeconds(45)));
        network.Say(network[1], "One network again");
        network.Run(TimeSpan.FromSeconds(5));
        Assert.All(network.Running, node => Assert.Single(node.Shown));
    }

    [Fact]
    public void The_same_seed_gives_the_same_run()
    {
        ulong Trace(int seed)
        {
            var network = new SimNetwork(200, seed, weather: new Weather { Loss = 0.05, Reorders = true });
            network.StartAll();
            network.Run(TimeSpan.FromSeconds(5));
            network.Crash(network[7], hostGoesOff: true);
            network.Run(TimeSpan.FromSeconds(20));
            return network.Trace;
        }

        Assert.Equal(Trace(7), Trace(7));
        Assert.NotEqual(Trace(7), Trace(8));
    }

    private static (SimNetwork Network, Watch Watch) Started(int seed, Weather? weather = null, int size = Size)
    {
        var network = new SimNetwork(size, seed, weather: weather);
        var watch = new Watch(network);
        network.StartAll();
        network.Run(TimeSpan.FromSeconds(5));
        return (network, watch);
    }
}
