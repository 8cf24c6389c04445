using P2PNode.Core;
using P2PNode.Core.Membership;
using P2PNode.Sim.Network;

namespace P2PNode.Tests.Overlay;

/// <summary>What goes wrong in a network, and what must not follow from it.</summary>
public sealed class FaultTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(3)]
    [InlineData(30)]
    public void A_process_that_stood_still_condemns_nobody_and_lives_again(int size)
    {
        var (network, watch) = Started(size, seed: 1);
        var paused = network[size / 2 + 1];

        network.Pause(paused);
        Assert.True(network.RunUntil(() => watch.AllKnowDead(paused), 30 * Second));
        network.Run(30 * Second);
        watch.FalseDeaths.Clear();
        network.Resume(paused);

        Assert.True(network.RunUntil(watch.AllKnowTheTruth, 10 * Second));
        network.Run(30 * Second);
        Assert.Empty(watch.FalseDeaths);
    }

    [Fact]
    public void Who_is_probed_each_13_s_is_not_suspected_before_three_probes_were_in_vain()
    {
        var options = new OverlayOptions { IsLarge = true, Probe = 13 * Second };
        var network = new SimNetwork(10, seed: 11, options);
        var watch = new Watch(network);
        var suspected = new List<TimeSpan>();
        network.StartAll();
        network.Run(TimeSpan.FromMinutes(2));
        network.MemberChanged += (_, change) => suspected.AddRange(change.After.State is MemberState.Suspect ? [network.Now] : []);

        var paused = network[7];
        var at = network.Now;
        network.Pause(paused);

        Assert.True(network.RunUntil(() => watch.AllKnowDead(paused), TimeSpan.FromMinutes(5)));
        Assert.True(suspected[0] - at >= 2 * 13 * Second, $"It was suspected after {suspected[0] - at}.");
        Assert.True(network.Now - at >= 6 * 13 * Second, $"It was dead after {network.Now - at}.");
    }

    [Fact]
    public void The_dead_are_forgotten_and_who_was_away_meanwhile_brings_nobody_back()
    {
        var network = new SimNetwork(12, seed: 12, new OverlayOptions { IsLarge = true, Remember = TimeSpan.FromMinutes(2) });
        var watch = new Watch(network);
        var (away, gone) = (network[3], network[7]);
        network.StartAll();
        network.Run(20 * Second);

        network.Pause(away);
        network.Crash(gone, hostGoesOff: true);
        network.Run(TimeSpan.FromMinutes(4));
        Assert.All(network.Running, node => Assert.False(node.Members!.TryGet(gone.Id, out _)));

        network.MemberChanged += (node, change) => Assert.False(change.After.Id == gone.Id && change.After.State is MemberState.Alive, $"Node {node.Id} takes it for living.");
        network.Resume(away);

        Assert.True(network.RunUntil(() => !away.Members!.Alive.Contains(gone.Id), TimeSpan.FromMinutes(1)));
        Assert.True(network.RunUntil(watch.AllKnowTheTruth, 30 * Second));
        Assert.Single(network.Running.Select(node => node.Members!.Digest).Distinct());
    }

    [Fact]
    public void Who_is_alone_forgets_nobody()
    {
        var network = new SimNetwork(5, seed: 14, new OverlayOptions { IsLarge = true, Remember = TimeSpan.FromMinutes(10) });
        network.StartAll();
        network.Run(20 * Second);

        foreach (var id in new[] { 2, 3, 4, 5 })
            network.Crash(network[id], hostGoesOff: true);
        network.Run(TimeSpan.FromHours(1));

        Assert.Equal(5, network[1].Members!.Members.Count());
    }

    [Fact]
    public void A_node_that_was_forgotten_is_back_at_once_also_without_its_memory()
    {
        var network = new SimNetwork(8, seed: 13, new OverlayOptions { IsLarge = true, Remember = TimeSpan.FromMinutes(2) });
        var watch = new Watch(network);
        network.StartAll();
        network.Run(20 * Second);
        network.Restart(Crashed(network, 5));
        network.Run(20 * Second);
        network.Crash(network[5], hostGoesOff: false);
        network.Run(TimeSpan.FromMinutes(4));
        Assert.All(network.Running, node => Assert.False(node.Members!.TryGet(new NodeId(5), out _)));

        SimNetwork.Forget(network[5]);
        network.Restart(network[5]);

        Assert.True(network.RunUntil(watch.AllKnowTheTruth, 10 * Second));
    }

    [Fact]
    public void A_short_pause_is_no_death()
    {
        var (network, watch) = Started(30, seed: 2);

        network.Pause(network[7]);
        network.Run(2 * Second);
        network.Resume(network[7]);
        network.Run(30 * Second);

        Assert.Empty(watch.FalseDeaths);
        Assert.True(watch.AllKnowTheTruth());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_cut_between_two_that_others_reach_is_no_death(bool oneWay)
    {
        var (network, watch) = Started(20, seed: 3);
        var neighbour = network[1].Machine!.Neighbours[0];

        network.Cut((from, to) => (from.Id.Value, to.Id) == (1, neighbour) || (!oneWay && (from.Id, to.Id.Value) == (neighbour, 1)));
        network.Run(TimeSpan.FromMinutes(3));

        Assert.Empty(watch.FalseDeaths);
        Assert.DoesNotContain(neighbour, network[1].Machine!.Neighbours);
        Assert.Equal(20, watch.Reachable());
    }

    [Fact]
    public void Who_is_cut_off_from_all_condemns_nobody_and_is_back_within_seconds()
    {
        var (network, watch) = Started(20, seed: 4);

        network.Cut((from, to) => from.Id.Value == 5 || to.Id.Value == 5);
        network.Run(TimeSpan.FromMinutes(2));

        Assert.True(network.Running.Where(node => node.Id.Value != 5).All(node => !node.Members!.Alive.Contains(new NodeId(5))));
        Assert.DoesNotContain(watch.FalseDeaths, death => death.By.Value == 5);

        network.Mend();

        Assert.True(network.RunUntil(watch.AllKnowTheTruth, 10 * Second));
    }

    [Theory]
    [InlineData(2, false)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    [InlineData(5, true)]
    public void A_few_nodes_know_of_a_crash_and_of_a_return(int size, bool hostGoesOff)
    {
        var (network, watch) = Started(size, seed: 5);

        network.Crash(network[size], hostGoesOff);
        Assert.True(network.RunUntil(() => watch.AllKnowDead(network[size]), 15 * Second));
        network.Restart(network[size]);

        Assert.True(network.RunUntil(watch.AllKnowTheTruth, 5 * Second));
    }

    [Fact]
    public void A_goodbye_is_known_at_once()
    {
        var (network, _) = Started(30, seed: 6);

        network.Stop(network[9]);

        Assert.True(network.RunUntil(
            () => network.Running.All(node => node.Members!.TryGet(new NodeId(9), out var member) && member.State is MemberState.Left),
            2 * Second));
    }

    [Fact]
    public void Who_lost_its_memory_of_former_lives_is_believed_all_the_same()
    {
        var (network, watch) = Started(20, seed: 7);
        for (var life = 0; life < 5; life++)
        {
            network.Crash(network[4], hostGoesOff: false);
            network.Restart(network[4]);
            network.Run(Second);
        }

        network.Crash(network[4], hostGoesOff: false);
        Assert.True(network.RunUntil(() => watch.AllKnowDead(network[4]), 20 * Second));
        SimNetwork.Forget(network[4]);
        network.Restart(network[4]);

        Assert.True(network.RunUntil(watch.AllKnowTheTruth, 10 * Second));
    }

    [Fact]
    public void A_newcomer_that_knows_one_member_learns_of_all_and_all_of_it()
    {
        var network = new SimNetwork(40, seed: 8);
        foreach (var node in network.Nodes.Skip(1))
            network.Start(node);
        network.Run(3 * Second);

        network.Meet(network[1], through: network[2]);

        Assert.True(network.RunUntil(() => network.Running.All(node => node.Members!.Alive.Count == 40), 5 * Second));
    }

    [Fact]
    public void A_restarted_node_shows_nothing_that_was_said_before()
    {
        var (network, _) = Started(10, seed: 9);
        network.Say(network[1], "before");
        network.Run(3 * Second);
        network.Crash(network[4], hostGoesOff: false);
        network.Run(3 * Second);

        network.Restart(network[4]);
        network.Run(10 * Second);
        Assert.Empty(network[4].Shown);

        network.Say(network[1], "after");
        network.Run(Second);
        Assert.Single(network[4].Shown);
    }

    [Fact]
    public void Who_says_too_much_is_refused_and_what_was_taken_reaches_all()
    {
        var (network, _) = Started(30, seed: 10, new Weather { Loss = 0.05, Reorders = true });

        for (var text = 0; text < 200; text++)
            network.Say(network[3], $"text {text}");
        network.Run(20 * Second);

        Assert.Equal(50, network[3].Shown.Count);
        Assert.All(network.Running, node => Assert.Equal(50, node.Shown.Count));
    }

    private static SimNode Crashed(SimNetwork network, int id)
    {
        network.Crash(network[id], hostGoesOff: false);
        return network[id];
    }

    private static (SimNetwork Network, Watch Watch) Started(int size, int seed, Weather? weather = null)
    {
        var network = new SimNetwork(size, seed, weather: weather);
        var watch = new Watch(network);
        network.StartAll();
        network.Run(5 * Second);
        return (network, watch);
    }
}
