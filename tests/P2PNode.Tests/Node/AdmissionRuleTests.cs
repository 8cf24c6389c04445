using P2PNode.Core;
using P2PNode.Node;
using P2PNode.Protocol;
using P2PNode.Security;
using P2PNode.Tests.Files;
using P2PNode.Tests.Testing;
using P2PNode.Transport;
using Serilog.Core;

namespace P2PNode.Tests.Node;

public sealed class AdmissionRuleTests : IDisposable
{
    private const string Another = "another process runs";

    private static readonly NodeAddress[] Seeds = [new("127.0.0.1", 4000), new("127.0.0.1", 4001), new("127.0.0.1", 4002)];

    private readonly TemporaryFolder _home = new();
    private readonly ManualClock _clock = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public void A_node_gives_way_to_another_process_of_its_ID_that_the_lowest_peer_still_hears()
    {
        var rule = Rule(2, 3);
        Apply(rule, Same(2), Same(2));
        _clock.Advance(TimeSpan.FromSeconds(4.9)); // It may have died just now.
        Apply(rule, Same(2), Same(3));
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Throws<IdentityRefusedException>(() => Apply(rule, Same(3)));

        var follower = Rule(2, 3);
        follower.Linked(new NodeId(3)); // With which the other process has no link.
        Apply(follower, Same(2));
        _clock.Advance(TimeSpan.FromSeconds(5));
        var e = Assert.Throws<IdentityRefusedException>(() => Apply(follower, Same(2)));
        Assert.Equal("Node 1 ends, as node 2 says: another process runs.", e.Message);

        var lied = Rule(2, 3);
        lied.Linked(new NodeId(2));
        Apply(lied, Same(3), Same(2));
        _clock.Advance(TimeSpan.FromSeconds(5));
        Apply(lied, Same(3), Same(2));

        var late = Rule(2);
        _clock.Advance(TimeSpan.FromSeconds(11));
        Apply(late, Same(2));
        _clock.Advance(TimeSpan.FromSeconds(11));
        Apply(late, Same(2));
    }

    [Fact]
    public void A_node_waits_for_a_slow_peer_to_miss_its_former_process()
    {
        var rule = Rule(2);
        var slow = Same(2) with { Patience = TimeSpan.FromSeconds(90) };
        Apply(rule, slow);
        _clock.Advance(TimeSpan.FromSeconds(89));
        Apply(rule, slow);

        _clock.Advance(TimeSpan.FromSeconds(3)); // Two heartbeats of its own for the next dial.
        Assert.Throws<IdentityRefusedException>(() => Apply(rule, slow));
    }

    [Theory]
    [InlineData(PeerFault.DuplicateId)]
    [InlineData(PeerFault.ConnectionRefused)]
    public void A_node_gives_way_to_another_process_that_a_seed_hears_once_no_other_seed_takes_it(PeerFault others)
    {
        var rule = Rule();
        Refuse(rule, Seeds[1]);
        rule.Tried(Seeds[0], others);

        var e = Assert.Throws<IdentityRefusedException>(() => rule.Tried(Seeds[2], others));

        Assert.Equal("Node 1 ends, as the seed at 127.0.0.1:4001 says: another process runs.", e.Message);
    }

    [Fact]
    public void Who_is_taken_by_another_seed_or_a_node_does_not_end_because_one_seed_refuses()
    {
        var taken = Rule();
        Refuse(taken, Seeds[0]);
        taken.Tried(Seeds[1], null);
        Refuse(taken, Seeds[2]);
        taken.Tried(Seeds[1], PeerFault.Lost);

        var linked = Rule();
        linked.Linked(new NodeId(2));
        Refuse(linked, Seeds);
    }

    [Fact]
    public void What_seeds_say_later_does_not_end_a_node()
    {
        var rule = Rule();
        _clock.Advance(TimeSpan.FromSeconds(11));

        Refuse(rule, Seeds);
    }

    private static void Refuse(AdmissionRule rule, params NodeAddress[] seeds)
    {
        foreach (var seed in seeds)
        {
            rule.Tried(seed, PeerFault.DuplicateId);
            rule.RefusedBySeed(seed, Another);
        }
    }

    private AdmissionRule Rule(params int[] others)
    {
        var address = new NodeAddress("127.0.0.1", 1);
        var options = new NodeOptions
        {
            Id = new NodeId(1),
            Folder = _home.Path,
            Listen = address,
            Seeds = Seeds,
            Nodes = [.. others.Append(1).Select(id => new ConfiguredNode(new NodeId(id), address))],
        };
        var acquaintance = new Acquaintance(_home["met"], TestNetworkKeys.Network, Logger.None);
        return new AdmissionRule(options, new WrongNetworkRule(options, TestNetworkKeys.Identity(1).Name, acquaintance, _clock), _clock);
    }

    private static void Apply(AdmissionRule rule, params DialFailed[] all)
    {
        foreach (var failed in all)
            rule.Failed(failed);
    }

    private static DialFailed Same(int peer) => From(peer, PeerFault.DuplicateId) with { Reason = Another };

    private static DialFailed From(int peer, PeerFault fault = PeerFault.OtherNetwork) =>
        new(new NodeId(peer), new NodeAddress("127.0.0.1", 1), fault, "", []);
}
