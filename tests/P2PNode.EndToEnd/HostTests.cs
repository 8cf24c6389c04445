using System.Net;
using System.Net.Sockets;
using P2PNode.EndToEnd.Kit;
using P2PNode.Node;

namespace P2PNode.EndToEnd;

/// <summary>Nodes on five hosts of their own that have no address of each other; and what becomes of them in cuts.</summary>
[Collection(typeof(Alone))]
public sealed class HostTests : IDisposable
{
    private static readonly TimeSpan Promise = TimeSpan.FromSeconds(5);
    private static readonly int[] All = [1, 2, 3, 4, 5];

    private readonly List<HostNetwork> _networks = [];

    public void Dispose()
    {
        foreach (var network in _networks)
        {
            if (TestContext.Current.TestState?.Result == TestResult.Failed)
                Say(network.Log());
            network.Dispose();
        }
    }

    [Fact]
    public async Task Hosts_find_each_other_without_any_address_and_a_newcomer_is_found_within_5_s()
    {
        var network = await StartAsync(left: 5, right: 0, running: 4);

        var newcomer = network.Start(5);
        await Eventually.HoldsAsync(() => newcomer.Error.Contains("Announces itself", StringComparison.Ordinal), "node 5 is there");
        Say($"a newcomer is known to all after {await network.WholeAsync(1, Promise, All)}");
        Assert.All(await network.DiagnoseAsync(5), one => Assert.Equal((Reach.Reachable, HostNetwork.Port), (one.Result, one.Address.Port)));
    }

    [Fact]
    public async Task Hosts_without_IPv4_find_each_other_by_multicast()
    {
        var network = await StartAsync(left: 3, right: 0, running: 3, hasIPv6Only: true);

        Assert.All(await network.DiagnoseAsync(3), one => Assert.Equal((Reach.Reachable, AddressFamily.InterNetworkV6), (one.Result, IPAddress.Parse(one.Address.Host).AddressFamily)));
        Assert.Equal(2, (await network.StatusAsync(3))!.Members.Length);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task A_node_whose_address_changes_is_found_within_5_s(int moved)
    {
        var network = await StartAsync(left: 5, right: 0, running: 5);
        const string to = "10.77.0.99";

        network.Hosts.Move(moved, Hosts.AddressOf(moved), to);
        var took = await Eventually.HoldsAsync(
            async () =>
            {
                var others = await Task.WhenAll(All.Where(id => id != moved).Select(network.StatusAsync));
                return others.All(status => status?.Members.Any(member => member.Id.Value == moved && member.Address.Host == to && member.State is Core.Membership.MemberState.Alive) == true);
            },
            $"all know node {moved} at {to}",
            Promise);
        Say($"the new address of node {moved} is known to all after {took}");
        await network.WholeAsync(1, within: null, All);
    }

    [Fact]
    public async Task Of_two_halves_each_follows_its_lowest_and_after_the_cut_there_is_one_leader_again()
    {
        var network = await StartAsync(left: 2, right: 3, running: 5);

        network.Hosts.Split();
        await network.WholeAsync(1, within: null, 1, 2);
        Say($"the other half has a leader after {await network.WholeAsync(3, within: null, 3, 4, 5)}");
        await Eventually.WatchAsync(Setting.Cut(otherwise: 10), async () => Assert.Equal(3, (await network.StatusAsync(5))?.Leader?.Value));
        network.Hosts.Heal();
        Say($"one leader, one epoch and nobody dead {await network.WholeAsync(1, within: null, All)} after the cut was healed");
        Say($"each can be reached by each {await Eventually.HoldsAsync(async () => (await network.DiagnoseAsync(5)).All(one => one.Result is Reach.Reachable), "node 5 reaches all", TimeSpan.FromSeconds(45))} after that");
    }

    [Fact]
    public async Task A_host_that_is_cut_off_from_all_shows_that_it_knows_of_nobody_and_condemns_nobody()
    {
        var network = await StartAsync(left: 1, right: 4, running: 5);

        network.Hosts.Split();
        await Eventually.HoldsAsync(
            async () => (await network.StatusAsync(1))?.Members.All(member => member.State is Core.Membership.MemberState.Suspect or Core.Membership.MemberState.Dead) == true,
            "node 1 shows nobody as alive");
        Assert.Null((await network.StatusAsync(1))!.Successor);
        await network.WholeAsync(2, within: null, 2, 3, 4, 5);
        network.Hosts.Heal();
        Say($"one leader and nobody dead {await network.WholeAsync(1, within: null, All)} after the cut was healed");
    }

    [Fact]
    public async Task A_one_way_cut_to_the_leader_makes_no_leadership_swing()
    {
        var network = await StartAsync(left: 5, right: 0, running: 5);
        var before = (await network.StatusAsync(5))!.Epoch;

        network.Hosts.Mute(2, towards: 1);
        await Eventually.WatchAsync(Setting.Cut(otherwise: 15), () => Task.CompletedTask);
        var claims = (await network.StatusAsync(5))!.Epoch - before;
        Say($"{claims} claims in a one-way cut between the leader and the next");
        Assert.InRange(claims, 0, 2);
        network.Hosts.Unmute(2, towards: 1);
        await network.WholeAsync(1, within: null, All);
    }

    [Fact]
    public async Task Two_hosts_that_reach_all_but_each_other_make_no_leadership_swing()
    {
        var network = await StartAsync(left: 5, right: 0, running: 5);
        var before = (await network.StatusAsync(5))!.Epoch;

        network.Hosts.Isolate(on: true, 1, 2);
        await Eventually.WatchAsync(Setting.Cut(otherwise: 15), () => Task.CompletedTask);
        var claims = (await network.StatusAsync(5))!.Epoch - before;
        Say($"{claims} claims while nodes 1 and 2 do not reach each other");
        Assert.InRange(claims, 0, 2);
        var toFirst = (await network.DiagnoseAsync(2)).Where(one => one.Id?.Value == 1).ToList();
        Assert.NotEmpty(toFirst);
        Assert.All(toFirst, one => Assert.Contains(one.Result, new[] { Reach.NoRoute, Reach.TimedOut }));
        network.Hosts.Isolate(on: false, 1, 2);
        await network.WholeAsync(1, within: null, All);
    }

    private static void Say(string text) => TestContext.Current.TestOutputHelper?.WriteLine(text);

    private async Task<HostNetwork> StartAsync(int left, int right, int running, bool hasIPv6Only = false)
    {
        if (Hosts.Obstacle() is { } obstacle)
            Assert.Skip(obstacle);
        var network = await HostNetwork.CreateAsync(left, right, hasIPv6Only);
        _networks.Add(network);
        int[] ids = [.. Enumerable.Range(1, running)];
        foreach (var id in ids)
            network.Start(id);
        Say($"{running} nodes know each other after {await network.WholeAsync(1, within: null, ids)}");
        return network;
    }
}
