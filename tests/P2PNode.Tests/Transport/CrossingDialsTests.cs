using System.Net.Sockets;
using P2PNode.Core;
using P2PNode.Protocol;
using P2PNode.Protocol.Messages;
using P2PNode.Tests.Testing;
using P2PNode.Transport;

namespace P2PNode.Tests.Transport;

/// <summary>Two nodes that dial each other at once, step by step: the other node says what a test has it say.</summary>
public sealed class CrossingDialsTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_lower_one_whose_Hello_is_under_way_refuses_the_other_dial()
    {
        await using var one = new LoopbackNode(1);
        using var three = new ScriptedPeer(3);
        var dialling = one.Dialler.LinkAsync(three.Address, Stop);
        await using var dialled = await three.AcceptAsync();
        await ReadAsync(dialled, FrameType.Hello);

        var e = await Assert.ThrowsAsync<PeerException>(() => three.DialAsync(one));
        await three.WelcomeAsync(dialled);
        await dialling;

        Assert.Equal(PeerFault.AlreadyLinked, e.Fault);
        Assert.True(one.Table.Find(three.Id) is { Dialled: true, Ended.IsCompleted: false });
    }

    [Fact]
    public async Task The_higher_one_lets_the_other_dial_in_and_closes_it_when_its_own_is_taken()
    {
        await using var three = new LoopbackNode(3);
        using var one = new ScriptedPeer(1);
        var dialling = three.Dialler.LinkAsync(one.Address, Stop);
        await using var dialled = await one.AcceptAsync();
        await ReadAsync(dialled, FrameType.Hello);
        await using var first = await one.DialAsync(three);

        await one.WelcomeAsync(dialled); // Node 1 did so before it sent its own Hello: it thinks that the other one is newer.
        await dialling;

        Assert.True(three.Table.Find(one.Id) is { Dialled: true, Ended.IsCompleted: false });
        Assert.Equal(GoodbyeReason.Replaced, await ReadGoodbyeAsync(first));
        Assert.DoesNotContain(Events(three), e => e is LinkClosed);
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(3, 1)]
    public async Task A_dial_is_called_off_with_a_word_while_the_peer_may_not_know_of_the_link_that_its_own_made(int id, int peer)
    {
        await using var node = new LoopbackNode(id);
        using var other = new ScriptedPeer(peer);
        await using var link = await other.DialAsync(node);

        var dialling = node.Dialler.LinkAsync(other.Address, Stop);
        await using (var dialled = await other.AcceptAsync())
            Assert.Equal(GoodbyeReason.Replaced, await ReadGoodbyeAsync(dialled));
        var e = await Assert.ThrowsAsync<PeerException>(() => dialling);

        Assert.Equal(PeerFault.AlreadyLinked, e.Fault);
        Assert.True(node.Table.Find(other.Id) is { Dialled: false, Ended.IsCompleted: false });
    }

    [Fact]
    public async Task A_second_dial_of_one_peer_is_called_off_while_the_first_one_waits_for_its_answer()
    {
        await using var one = new LoopbackNode(1);
        using var two = new ScriptedPeer(2);
        var first = one.Dialler.LinkAsync(two.Address, Stop);
        await using var dialled = await two.AcceptAsync();
        await ReadAsync(dialled, FrameType.Hello);

        var second = one.Dialler.LinkAsync(two.Address, Stop);
        await using (var again = await two.AcceptAsync())
            Assert.Equal(GoodbyeReason.Replaced, await ReadGoodbyeAsync(again));
        Assert.Equal(PeerFault.AlreadyLinked, (await Assert.ThrowsAsync<PeerException>(() => second)).Fault);

        await two.WelcomeAsync(dialled);
        Assert.Equal(two.Id, (await first).Id);
    }

    [Fact]
    public async Task A_dial_that_is_called_off_is_no_news_to_the_log_of_the_other_side()
    {
        var one = new LoopbackNode(1);
        await using (one)
        {
            using var two = new ScriptedPeer(2);
            await using var connection = await two.ConnectAsync(one);
            await connection.WriteAsync(FrameType.Goodbye, new Goodbye { Reason = GoodbyeReason.Replaced }, WireLimits.HelloBytes);
            Assert.Null(await connection.ReadAsync(WireLimits.HelloBytes, Eventually.Deadline));
        }

        Assert.Empty(one.Log);
    }

    [Fact]
    public async Task Who_was_dialled_closes_the_link_of_before_only_when_the_peer_has_spoken_over_the_new_one()
    {
        await using var one = new LoopbackNode(1);
        using var two = new ScriptedPeer(2);
        await using var before = await two.DialAsync(one);
        var replaced = one.Table.Find(two.Id)!;

        await using var connection = await two.DialAsync(one);
        Assert.NotSame(replaced, one.Table.Find(two.Id));
        Assert.True(replaced.TrySend(FrameType.Ping, null), "The peer may still count on it.");

        await connection.WriteAsync(FrameType.Ping, null, WireLimits.ControlBytes);
        Assert.Equal(GoodbyeReason.Replaced, await ReadGoodbyeAsync(before));
        Assert.DoesNotContain(Events(one), e => e is LinkClosed);
    }

    [Fact]
    public async Task The_link_of_before_ends_with_the_one_that_took_its_place_though_no_word_came_over_that()
    {
        await using var one = new LoopbackNode(1);
        using var two = new ScriptedPeer(2);
        await using var before = await two.DialAsync(one);

        await (await two.DialAsync(one)).DisposeAsync();

        Assert.Equal(GoodbyeReason.Replaced, await ReadGoodbyeAsync(before));
    }

    [Fact]
    public async Task A_dial_that_nobody_wants_any_more_is_called_off_with_a_word_and_not_in_the_midst_of_TLS()
    {
        await using var two = new LoopbackNode(2);
        using var three = new ScriptedPeer(3);
        two.Addresses[three.Id] = three.Address;
        two.Dialler.Want(LinkPurpose.Election, new HashSet<NodeId> { three.Id });
        var socket = await three.AcceptSocketAsync();
        var first = new byte[1];
        Assert.Equal(1, await socket.ReceiveAsync(first, SocketFlags.Peek, Stop)); // So that TLS has begun.

        two.Want();

        await using var dialled = await three.ProveAsync(socket);
        Assert.Equal(GoodbyeReason.NotNeeded, await ReadGoodbyeAsync(dialled));
    }

    [Fact]
    public async Task A_dial_that_nobody_wants_any_more_is_seen_through_once_the_peer_may_have_the_link()
    {
        await using var two = new LoopbackNode(2);
        using var three = new ScriptedPeer(3);
        two.Addresses[three.Id] = three.Address;
        two.Dialler.Want(LinkPurpose.Election, new HashSet<NodeId> { three.Id });
        await using var dialled = await three.AcceptAsync();
        await ReadAsync(dialled, FrameType.Hello);

        two.Want();
        await three.WelcomeAsync(dialled);

        await Eventually.HoldsAsync(() => two.Table.Find(three.Id) is not null, "it has the link, and may end it with a word");
    }

    [Fact]
    public async Task Who_has_no_room_any_more_for_the_link_that_it_dialled_says_so()
    {
        await using var two = new LoopbackNode(2, mostPeers: 1);
        await using var first = new LoopbackNode(3);
        using var late = new ScriptedPeer(4);
        var dialling = two.Dialler.LinkAsync(late.Address, Stop);
        await using var dialled = await late.AcceptAsync();
        await ReadAsync(dialled, FrameType.Hello);
        await first.Dialler.LinkAsync(two.Address, Stop);

        await late.WelcomeAsync(dialled);

        Assert.Equal(GoodbyeReason.NoRoom, await ReadGoodbyeAsync(dialled));
        await dialled.DisposeAsync();
        Assert.Equal(PeerFault.Full, (await Assert.ThrowsAsync<PeerException>(() => dialling)).Fault);
    }

    private static List<LinkEvent> Events(LoopbackNode node)
    {
        var events = new List<LinkEvent>();
        while (node.Table.Events.TryRead(out var e))
            events.Add(e);
        return events;
    }

    /// <summary>Waits for a frame of one type; the others are passed over.</summary>
    private static async Task<Frame> ReadAsync(Connection connection, FrameType type)
    {
        while (await connection.ReadAsync(WireLimits.ControlBytes, Eventually.Deadline) is { } frame)
        {
            if (frame.Type == type)
                return frame;
            frame.Dispose();
        }

        throw new InvalidOperationException($"The node hung up without a {type} frame.");
    }

    private static async Task<GoodbyeReason> ReadGoodbyeAsync(Connection connection)
    {
        using var frame = await ReadAsync(connection, FrameType.Goodbye);
        return frame.Parse(Goodbye.Parser).Reason;
    }
}
