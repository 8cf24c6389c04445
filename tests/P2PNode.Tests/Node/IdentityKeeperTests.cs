using P2PNode.Core;
using P2PNode.Node;
using P2PNode.Protocol;
using P2PNode.Security;
using P2PNode.Tests.Files;
using P2PNode.Tests.Testing;
using P2PNode.Transport;
using Serilog.Core;

namespace P2PNode.Tests.Node;

public sealed class IdentityKeeperTests : IDisposable
{
    private static readonly NodeAddress[] Loopback = [new("127.0.0.1", 5001)];

    private readonly TemporaryFolder _home = new();
    private readonly ManualClock _clock = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task A_running_node_renews_its_certificate_before_it_ends()
    {
        var enrolment = Enrolment();
        var first = await enrolment.ResolveAsync(Loopback, CancellationToken.None);
        using var stop = new CancellationTokenSource();
        var keeper = Keeper(enrolment, first);
        var running = keeper.RunAsync(() => [], stop.Token);

        Advance(days: 59);
        Assert.Same(first, keeper.Current);
        for (var i = 0; i < 400; i += 30)
        {
            Advance(days: 30);
            Assert.InRange(keeper.Current.Ends - _clock.GetUtcNow(), TimeSpan.FromDays(30), TimeSpan.FromDays(90));
            Assert.False(running.IsCompleted);
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task A_node_that_cannot_renew_ends_with_its_certificate()
    {
        var enrolment = Enrolment();
        var keeper = Keeper(enrolment, await enrolment.ResolveAsync(Loopback, CancellationToken.None));
        Directory.Delete(_home[".p2pnode"], recursive: true);

        var running = keeper.RunAsync(() => [], CancellationToken.None);
        Advance(days: 89);
        Assert.False(running.IsCompleted);
        Advance(days: 2);

        var e = await Assert.ThrowsAsync<IdentityRefusedException>(() => running);
        Assert.StartsWith("The certificate of node 1 ended on 1970-04-01;", e.Message, StringComparison.Ordinal);
    }

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

    private Enrolment Enrolment() => new(new NetworkFolder(_home.Path), Folder, new NodeId(1), _clock, Logger.None);

    private IdentityFolder Folder => new(_home["NODE1"]);

    private IdentityKeeper Keeper(Enrolment enrolment, NodeIdentity first) =>
        new(enrolment, first, new Revocations(first, Folder, enrolment.Network, Logger.None), _clock, Logger.None);

    private AdmissionRule Rule(params int[] others)
    {
        var address = new NodeAddress("127.0.0.1", 1);
        var options = new NodeOptions
        {
            Id = new NodeId(1),
            Folder = _home.Path,
            Listen = address,
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

    private static DialFailed Same(int peer) => From(peer, PeerFault.DuplicateId) with { Reason = "another process runs" };

    private static DialFailed From(int peer, PeerFault fault = PeerFault.OtherNetwork) =>
        new(new NodeId(peer), new NodeAddress("127.0.0.1", 1), fault, "", []);

    /// <summary>An hour at a time, as the keeper looks.</summary>
    private void Advance(int days)
    {
        for (var i = 0; i < 24 * days; i++)
            _clock.Advance(TimeSpan.FromHours(1));
    }
}
