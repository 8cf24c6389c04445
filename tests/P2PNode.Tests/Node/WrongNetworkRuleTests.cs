using P2PNode.Core;
using P2PNode.Node;
using P2PNode.Protocol;
using P2PNode.Security;
using P2PNode.Tests.Files;
using P2PNode.Tests.Testing;
using Serilog.Core;

namespace P2PNode.Tests.Node;

public sealed class WrongNetworkRuleTests : IDisposable
{
    private static readonly string Theirs = new('b', NodeName.NetworkIdChars);

    private readonly TemporaryFolder _home = new();
    private readonly ManualClock _clock = new();
    private readonly CancellationTokenSource _stop = new();

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
        _home.Dispose();
    }

    [Theory]
    [InlineData(2, 1, 1)] // The lower one is a stranger.
    [InlineData(3, 1, 1, 2)] // One of two is down.
    [InlineData(1, 2, 2, 3)] // The lowest one, against two.
    [InlineData(5, 1, 1, 2, 3, 4)]
    public async Task A_node_ends_where_all_who_answer_are_of_another_network(int self, int strangers, params int[] others)
    {
        var running = Run(self, others, [], out var rule);

        Try(rule, others, strangers);
        Advance(6);

        var e = await Assert.ThrowsAsync<IdentityRefusedException>(() => running);
        Assert.StartsWith($"Node {self} is of network {TestNetworkKeys.Network}, and all others that answer are of another one; ", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 1, 2)] // Of two that start at once the lower one stays.
    [InlineData(2, 0, 1)] // Nobody answers.
    [InlineData(1, 1, 2, 3)]
    public void A_node_goes_on_where_it_may_be_the_other_that_is_wrong(int self, int strangers, params int[] others)
    {
        var running = Run(self, others, [], out var rule);

        Try(rule, others, strangers);
        Advance(20);

        Assert.False(running.IsCompleted);
    }

    [Theory]
    [InlineData(1, 2, 3)]
    [InlineData(2, 1, 3)]
    [InlineData(3, 1, 2)]
    public void Nobody_ends_where_the_others_do_not_agree_among_themselves_either(int self, params int[] others)
    {
        var running = Run(self, others, [], out var rule);

        foreach (var id in others)
            rule.Tried(new NodeId(id), PeerFault.OtherNetwork, new string((char)('a' + id), NodeName.NetworkIdChars));
        Advance(20);

        Assert.False(running.IsCompleted);
    }

    [Fact]
    public async Task A_seed_that_was_named_decides_and_nodes_of_the_own_network_have_the_time_to_start()
    {
        var seed = new NodeAddress("127.0.0.1", 4000);
        var alone = Run(7, [], [seed], out var rule);
        rule.Tried(seed, PeerFault.OtherNetwork);
        Advance(1);
        await Assert.ThrowsAsync<IdentityRefusedException>(() => alone);

        var waiting = Run(7, [8], [seed], out rule);
        rule.Tried(seed, PeerFault.OtherNetwork);
        rule.Tried(new NodeId(8), PeerFault.ConnectionRefused, null);
        Advance(4);
        Assert.False(waiting.IsCompleted);
        rule.Met(); // The other one has started.
        Advance(20);
        Assert.False(waiting.IsCompleted);
    }

    [Theory]
    [InlineData(PeerFault.Rejected)]
    [InlineData(PeerFault.Lost)]
    [InlineData(PeerFault.NotAdmitted)]
    [InlineData(null)]
    public void Who_answers_otherwise_or_was_not_tried_keeps_a_node(PeerFault? other)
    {
        var running = Run(3, [1, 2], [], out var rule);
        rule.Tried(new NodeId(1), PeerFault.OtherNetwork, Theirs);
        if (other is { } fault)
            rule.Tried(new NodeId(2), fault, null);

        Advance(20);

        Assert.False(running.IsCompleted);
    }

    [Fact]
    public void A_node_that_was_at_home_in_an_earlier_life_or_for_long_goes_on()
    {
        var first = Run(2, [1], [], out var rule);
        rule.Met();
        var second = Run(2, [1], [], out var next);
        Try(next, [1], 1);
        Advance(20);
        Assert.False(first.IsCompleted || second.IsCompleted);

        File.Delete(_home["met"]);
        var late = Run(2, [1], [], out rule);
        Advance(11);
        Try(rule, [1], 1);
        Advance(5);
        Assert.False(late.IsCompleted);
    }

    [Fact]
    public async Task To_have_been_at_home_in_another_network_counts_for_nothing()
    {
        new Acquaintance(_home["met"], new string('a', NodeName.NetworkIdChars), Logger.None).Make();
        var running = Run(2, [1], [], out var rule);

        Try(rule, [1], 1);
        Advance(1);

        await Assert.ThrowsAsync<IdentityRefusedException>(() => running);
    }

    private static void Try(WrongNetworkRule rule, int[] others, int strangers)
    {
        foreach (var (i, id) in others.Index())
        {
            if (i < strangers)
                rule.Tried(new NodeId(id), PeerFault.OtherNetwork, Theirs);
            else
                rule.Tried(new NodeId(id), PeerFault.ConnectionRefused, null);
        }
    }

    private Task Run(int self, int[] others, NodeAddress[] seeds, out WrongNetworkRule rule)
    {
        var address = new NodeAddress("127.0.0.1", 1);
        var options = new NodeOptions
        {
            Id = new NodeId(self),
            Folder = _home.Path,
            Listen = address,
            Nodes = [.. others.Append(self).Select(id => new ConfiguredNode(new NodeId(id), address))],
            Seeds = seeds,
        };
        rule = new WrongNetworkRule(options, TestNetworkKeys.Identity(self).Name, new Acquaintance(_home["met"], TestNetworkKeys.Network, Logger.None), _clock);
        return rule.RunAsync(_stop.Token);
    }

    private void Advance(int seconds)
    {
        for (var i = 0; i < seconds; i++)
            _clock.Advance(TimeSpan.FromSeconds(1));
    }
}
