using System.Net.Sockets;
using P2PNode.Core;
using P2PNode.Protocol;
using P2PNode.Protocol.Messages;
using P2PNode.Tests.Testing;
using P2PNode.Transport;

namespace P2PNode.Tests.Transport;

public sealed class LinkTests
{
    [Fact]
    public async Task Two_nodes_that_dial_each_other_at_once_end_with_one_link_and_agree_on_it()
    {
        for (var round = 0; round < 20; round++)
        {
            await using var one = new LoopbackNode(1);
            await using var two = new LoopbackNode(2);

            one.Want(two);
            two.Want(one);

            await Eventually.HoldsAsync(
                () => one.Table.Find(two.Id) is { } a && two.Table.Find(one.Id) is { } b && a.Dialled != b.Dialled
                    && !a.Ended.IsCompleted && !b.Ended.IsCompleted,
                "both ends hold the same link");

            await Eventually.HoldsAsync(
                () => one.Table.Find(two.Id)?.TrySend(FrameType.Roster, new Roster()) == true && two.Frames.Contains((one.Id, FrameType.Roster)),
                "the link carries frames");

            // A link that comes and goes would be a loss to people, to the election and to the members.
            foreach (var node in new[] { one, two })
                Assert.IsType<LinkOpened>(Assert.Single(EventsOf(node)));
        }
    }

    [Fact]
    public async Task A_lost_link_is_dialled_again_at_once()
    {
        await using var one = new LoopbackNode(1);
        await using var two = new LoopbackNode(2);
        one.Want(two);
        var first = await LinkOf(one, two);

        first.Cut(LinkEnding.Lost, "cut by the test");

        await Eventually.HoldsAsync(
            () => one.Table.Find(two.Id) is { } link && link != first && two.Table.Find(one.Id) is { Ended.IsCompleted: false },
            "a new link stands");
    }

    [Theory]
    [InlineData(0.2, 1)]
    [InlineData(1, 0.2)]
    public async Task The_quicker_one_of_two_waits_for_the_slower(double dialler, double dialled)
    {
        await using var one = new LoopbackNode(1, heartbeat: TimeSpan.FromSeconds(dialler));
        await using var two = new LoopbackNode(2, heartbeat: TimeSpan.FromSeconds(dialled));
        one.Want(two);
        var first = await LinkOf(one, two);
        var second = two.Table.Find(one.Id)!;

        foreach (var link in new[] { first, second })
        {
            await Eventually.HoldsAsync(() => link.SilentFor > TimeSpan.FromSeconds(0.7), "the other one is silent for longer than three heartbeats of the quicker one");
            await Eventually.HoldsAsync(() => link.SilentFor < TimeSpan.FromSeconds(0.2), "it is heard again");
            Assert.False(link.Ended.IsCompleted);
        }
    }

    [Theory]
    [InlineData(4, 4)]
    [InlineData(10, 5)]
    public async Task Nobody_waits_longer_for_a_word_than_others_believe(int misses, int minutes)
    {
        await using var one = new LoopbackNode(1, heartbeat: WireLimits.LongestHeartbeat, misses: misses);
        await using var two = new LoopbackNode(2);

        one.Want(two);

        Assert.Equal(TimeSpan.FromMinutes(minutes), (await LinkOf(one, two)).Patience);
    }

    [Fact]
    public async Task A_node_knows_for_how_long_it_has_been_without_any_link()
    {
        await using var one = new LoopbackNode(1);
        await using var two = new LoopbackNode(2);
        await Eventually.HoldsAsync(() => one.Table.AloneFor > TimeSpan.FromMilliseconds(50), "it has been alone since its start");
        await one.Dialler.LinkAsync(two.Address, CancellationToken.None);
        Assert.Equal(TimeSpan.Zero, one.Table.AloneFor);
        var linked = TimeProvider.System.GetTimestamp();
        await Eventually.HoldsAsync(() => TimeProvider.System.GetElapsedTime(linked) > TimeSpan.FromMilliseconds(50), "time passes");

        one.Table.Find(two.Id)!.Cut(LinkEnding.Lost, "cut by the test");

        await Eventually.HoldsAsync(() => one.Table.Find(two.Id) is null, "the link is gone");
        Assert.InRange(one.Table.AloneFor, TimeSpan.Zero, TimeProvider.System.GetElapsedTime(linked) - TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public async Task A_link_does_not_outlive_the_certificate_behind_it()
    {
        var clock = new SettableClock();
        await using var one = new LoopbackNode(1, clock: clock);
        await using var two = new LoopbackNode(2);
        two.Want(one);
        var link = await LinkOf(one, two);
        await using var bulk = await two.Greeter.DialBulkAsync(one.Address, one.Id, TestContext.Current.CancellationToken);
        await Eventually.HoldsAsync(() => one.Bulk.Contains(two.Id), "the bulk link is served");

        clock.SetForward(TimeSpan.FromDays(91));

        Assert.Equal(LinkEnding.Lost, await link.Ended.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
        Assert.StartsWith("its certificate ended on ", link.Reason, StringComparison.Ordinal);
        await bulk.WriteAsync(FrameType.Ping, null, WireLimits.ControlBytes);
        Assert.Null(await bulk.ReadAsync(WireLimits.BulkBytes, TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task A_goodbye_tells_the_peer_why_the_link_ends()
    {
        await using var one = new LoopbackNode(1);
        await using var two = new LoopbackNode(2);
        one.Want(two);
        var link = await LinkOf(one, two);
        one.Dialler.Want(LinkPurpose.Election, new HashSet<NodeId>());
        var other = await LinkOf(two, one);

        link.Close(GoodbyeReason.NotNeeded);

        Assert.Equal(LinkEnding.NotNeeded, await other.Ended.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken));
        await Eventually.HoldsAsync(() => one.Table.Find(two.Id) is null && two.Table.Find(one.Id) is null, "both forget the link");
    }

    [Fact]
    public async Task A_dial_that_is_refused_is_reported_as_such()
    {
        await using var one = new LoopbackNode(1);
        one.Addresses[new NodeId(9)] = new NodeAddress("127.0.0.1", UnusedPort());

        one.Dialler.Want(LinkPurpose.Election, new HashSet<NodeId> { new(9) });

        await Eventually.HoldsAsync(
            () => one.Table.Events.TryRead(out var e) && e is DialFailed { Fault: PeerFault.ConnectionRefused },
            "the refusal is reported");
    }

    [Fact]
    public async Task A_connection_that_is_reset_as_soon_as_it_stands_is_a_lost_peer_and_nothing_worse()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        using var dialling = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await dialling.ConnectAsync(listener.LocalEndpoint, TestContext.Current.CancellationToken);
        using (var accepted = await listener.AcceptSocketAsync(TestContext.Current.CancellationToken))
            accepted.LingerState = new LingerOption(true, 0);
        Assert.True(dialling.Poll(TimeSpan.FromSeconds(5), SelectMode.SelectRead));

        var e = await Assert.ThrowsAsync<PeerException>(
            () => TestNetworkKeys.Connector(2).DialAsync(dialling, TestContext.Current.CancellationToken));

        Assert.Equal(PeerFault.Lost, e.Fault);
    }

    [Fact]
    public async Task A_second_process_with_the_same_id_is_refused_and_told_why()
    {
        await using var one = new LoopbackNode(1);
        await using var two = new LoopbackNode(2);
        await using var clone = new LoopbackNode(2, instance: 77);
        two.Want(one);
        await LinkOf(one, two);

        var e = await Assert.ThrowsAsync<PeerException>(() => clone.Greeter.DialAsync(one.Address, one.Id, TestContext.Current.CancellationToken));

        Assert.Equal(PeerFault.DuplicateId, e.Fault);
        Assert.Contains("another process runs as node 2", e.Message, StringComparison.Ordinal);
        Assert.Equal(one.Table.Find(two.Id)!.Patience, e.Patience);
        Assert.Equal(2000ul, one.Table.Find(two.Id)!.Peer.Instance);

        // The one that is linked hears of it, and the log; each once.
        await Assert.ThrowsAsync<PeerException>(() => clone.Greeter.DialAsync(one.Address, one.Id, TestContext.Current.CancellationToken));
        await using var another = new LoopbackNode(2, instance: 78);
        await Assert.ThrowsAsync<PeerException>(() => another.Greeter.DialAsync(one.Address, one.Id, TestContext.Current.CancellationToken));
        await Eventually.HoldsAsync(() => two.Frames.Count(frame => frame.Type == FrameType.Duplicate) == 2, "it was told of both");
        Assert.Equal(2, one.Log.Count(line => line.RenderMessage(null).Contains("says that it is node 2", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_node_of_another_network_or_with_another_id_than_expected_is_refused()
    {
        await using var one = new LoopbackNode(1);
        await using var stranger = new LoopbackNode(2, network: "elsewhere");
        await using var mistaken = new LoopbackNode(3);

        var network = await Assert.ThrowsAsync<PeerException>(() => stranger.Greeter.DialAsync(one.Address, one.Id, TestContext.Current.CancellationToken));
        var id = await Assert.ThrowsAsync<PeerException>(() => mistaken.Greeter.DialAsync(one.Address, new NodeId(5), TestContext.Current.CancellationToken));

        Assert.Contains("network", network.Message, StringComparison.Ordinal);
        Assert.Contains("node 1 answers there, not node 5", id.Message, StringComparison.Ordinal);
        Assert.Empty(one.Table.All());
    }

    [Fact]
    public async Task A_node_that_stops_lets_nobody_in_any_more()
    {
        await using var one = new LoopbackNode(1);
        await using var two = new LoopbackNode(2);
        await using var three = new LoopbackNode(3);
        two.Want(one);
        var link = await LinkOf(two, one);

        one.Table.Close();
        var early = await Assert.ThrowsAsync<PeerException>(() => three.Greeter.DialAsync(one.Address, one.Id, TestContext.Current.CancellationToken));
        var address = one.Address;
        one.Listener.Close();
        var late = await Assert.ThrowsAsync<PeerException>(() => three.Greeter.DialAsync(address, one.Id, TestContext.Current.CancellationToken));

        Assert.Equal((PeerFault.Rejected, "node 1 stops"), (early.Fault, early.Message));
        Assert.Equal(PeerFault.ConnectionRefused, late.Fault);
        Assert.False(link.Ended.IsCompleted);
    }

    [Fact]
    public async Task A_ninth_bulk_link_of_one_peer_is_refused_until_another_ends()
    {
        await using var one = new LoopbackNode(1);
        await using var two = new LoopbackNode(2);
        var links = new List<Connection>();
        for (var i = 0; i < 8; i++)
            links.Add(await two.Greeter.DialBulkAsync(one.Address, one.Id, TestContext.Current.CancellationToken));

        var e = await Assert.ThrowsAsync<PeerException>(() => two.Greeter.DialBulkAsync(one.Address, one.Id, TestContext.Current.CancellationToken));

        Assert.Equal(PeerFault.Full, e.Fault);
        Assert.Contains("8 bulk links", e.Message, StringComparison.Ordinal);
        foreach (var link in links)
            await link.DisposeAsync();
        await Eventually.HoldsAsync(() => one.Greeter.BulkPeers == 0, "nothing is remembered of links that ended");
        await (await two.Greeter.DialBulkAsync(one.Address, one.Id, TestContext.Current.CancellationToken)).DisposeAsync();
    }

    private static async Task<Link> LinkOf(LoopbackNode from, LoopbackNode to)
    {
        await Eventually.HoldsAsync(() => from.Table.Find(to.Id) is not null, $"node {from.Id} is linked to node {to.Id}");
        return from.Table.Find(to.Id)!;
    }

    private static List<LinkEvent> EventsOf(LoopbackNode node)
    {
        var events = new List<LinkEvent>();
        while (node.Table.Events.TryRead(out var e))
            events.Add(e);
        return events;
    }

    private static int UnusedPort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        return ((System.Net.IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
