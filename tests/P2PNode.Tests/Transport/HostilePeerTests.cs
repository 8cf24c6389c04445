using System.Buffers;
using System.Net.Sockets;
using P2PNode.Core;
using P2PNode.Protocol;
using P2PNode.Protocol.Messages;
using P2PNode.Tests.Testing;
using P2PNode.Transport;
using Serilog.Events;

namespace P2PNode.Tests.Transport;

public sealed class HostilePeerTests
{
    private static readonly string[] Openings =
    [
        "474554202F20485454502F312E310D0A0D0A", // GET / HTTP/1.1
        "FFFFFFFF0100",
        "000004010100", // one byte more than a Hello may have
        "0000000A0100AABB",
        "00000002010008FF",
        "000000000100",
        "000000000500",
        "160301020001000001FC0303",
    ];

    [Fact]
    public async Task Garbage_closes_the_connection_and_disturbs_nothing_else()
    {
        await using var one = new LoopbackNode(1);
        await using var two = new LoopbackNode(2);
        two.Want(one);
        await Eventually.HoldsAsync(() => one.Table.Find(two.Id) is not null, "the two are linked");
        var link = one.Table.Find(two.Id)!;

        foreach (var opening in Openings)
        {
            using var socket = await ConnectAsync(one);
            await socket.SendAsync(Convert.FromHexString(opening));
            socket.Shutdown(SocketShutdown.Send);
            await DrainAsync(socket);
        }

        Assert.Same(link, one.Table.Find(two.Id));
        Assert.False(link.Ended.IsCompleted);
    }

    [Fact]
    public async Task A_silent_stranger_is_hung_up_on_and_meanwhile_others_are_greeted()
    {
        await using var one = new LoopbackNode(1);
        await using var two = new LoopbackNode(2);
        using var silent = await ConnectAsync(one);

        two.Want(one);

        await Eventually.HoldsAsync(() => one.Table.Find(two.Id) is not null, "another is greeted");
        await DrainAsync(silent);
    }

    [Fact]
    public async Task A_defect_that_a_peer_brings_to_light_costs_its_link_alone()
    {
        await using var one = new LoopbackNode(1);
        await using var two = new LoopbackNode(2);
        one.OnBulk = _ => throw new InvalidOperationException("It was not thought of.");
        await using var bulk = await two.Greeter.DialBulkAsync(one.Address, one.Id, TestContext.Current.CancellationToken);
        await Eventually.HoldsAsync(() => one.Log.Any(e => e.Level is LogEventLevel.Error), "an error is logged");

        two.Want(one);

        await Eventually.HoldsAsync(() => one.Table.Find(two.Id) is not null, "it is greeted again");
        Assert.Equal("It was not thought of.", Assert.Single(one.Log, e => e.Level is LogEventLevel.Error).Exception?.Message);
    }

    [Fact]
    public async Task A_slow_reader_gets_the_goodbye_though_more_is_sent_after_it()
    {
        await using var one = new LoopbackNode(1);
        var self = new LocalNode(new NodeId(2), 2, 1, new NodeAddress("127.0.0.1", 1), "slow", TestNetworkKeys.Network);
        await using var slow = await TestNetworkKeys.Connector(2).DialAsync(await ConnectAsync(one), TestContext.Current.CancellationToken);
        await new Handshake(self).DialAsync(slow, one.Id, LinkKind.Control);
        await Eventually.HoldsAsync(() => one.Table.Find(self.Id) is not null, "the two are linked");
        var link = one.Table.Find(self.Id)!;
        var large = new FilesQuery { Pattern = new string('x', 60_000) };
        for (var i = 0; i < 400; i++)
            Assert.True(link.TrySend(FrameType.FilesQuery, large));

        link.Close(GoodbyeReason.Stopping, "the end");
        Assert.False(link.TrySend(FrameType.Ping, null));

        Assert.Equal("the end", await GoodbyeAsync(slow));
    }

    [Fact]
    public async Task A_linked_peer_that_sends_garbage_loses_its_link_and_is_told_why()
    {
        await using var one = new LoopbackNode(1);
        var self = new LocalNode(new NodeId(2), 2, 1, new NodeAddress("127.0.0.1", 1), "hostile", TestNetworkKeys.Network);
        await using var hostile = await TestNetworkKeys.Connector(2).DialAsync(await ConnectAsync(one), TestContext.Current.CancellationToken);
        await new Handshake(self).DialAsync(hostile, one.Id, LinkKind.Control);
        await Eventually.HoldsAsync(() => one.Table.Find(self.Id) is not null, "the two are linked");
        var link = one.Table.Find(self.Id)!;

        await hostile.WriteAsync(Convert.FromHexString("FFFFFFFF1000"));

        var ending = await link.Ended.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        Assert.Equal(LinkEnding.Violation, ending);
        Assert.Contains("exceeds the limit", link.Reason, StringComparison.Ordinal);
        Assert.Contains("exceeds the limit", await GoodbyeAsync(hostile), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_peer_that_floods_loses_its_link_and_holds_up_no_other()
    {
        await using var one = new LoopbackNode(1);
        await using var two = new LoopbackNode(2);
        await using var flooding = new LoopbackNode(3);
        two.Want(one);
        flooding.Want(one);
        LoopbackNode[] dialling = [two, flooding];
        await Eventually.HoldsAsync(
            () => Array.TrueForAll(dialling, node => node.Table.Find(one.Id) is not null && one.Table.Find(node.Id) is not null), "all are linked at both ends");
        var (flood, flooded, other) = (flooding.Table.Find(one.Id)!, one.Table.Find(flooding.Id)!, one.Table.Find(two.Id)!);
        flooding.Dialler.Want(LinkPurpose.Election, new HashSet<NodeId>());

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            while (true)
            {
                await flood.SendAsync(FrameType.Election, new ElectionFrame(), TestContext.Current.CancellationToken);
                Assert.True(two.Table.Find(one.Id)!.SilentFor < TimeSpan.FromSeconds(3), "The other hears nothing.");
            }
        });

        Assert.Equal(LinkEnding.Violation, await flooded.Ended.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken));
        Assert.Equal("it sends more than 200 frames a second", flooded.Reason);
        Assert.False(other.Ended.IsCompleted);
        Assert.True(one.Frames.Count(frame => frame.From == flooding.Id) >= WireLimits.SteeringFramesAtOnce);
    }

    [Fact]
    public async Task A_peer_that_takes_no_welcome_leaves_a_link_that_has_ended()
    {
        await using var one = new LoopbackNode(1);
        var hello = new Hello { MinVersion = Handshake.Version, MaxVersion = Handshake.Version, NodeId = 2, Instance = 2, Host = "127.0.0.1", Port = 1, Network = TestNetworkKeys.Network };
        var frame = new ArrayBufferWriter<byte>();
        FrameWriter.Write(frame, FrameType.Hello, hello, WireLimits.HelloBytes);
        await using var gone = new Connection(new DeafStream(frame.WrittenSpan.ToArray()), remote: null, TimeProvider.System);

        await Assert.ThrowsAsync<PeerException>(() => one.Greeter.AcceptAsync(gone, () => { }, TestContext.Current.CancellationToken));

        Assert.True(one.Table.Events.TryRead(out var e));
        var link = Assert.IsType<LinkOpened>(e).Link;
        Assert.True(link.Ended.IsCompletedSuccessfully);
        Assert.False(link.TrySend(FrameType.Ping, null));
        Assert.Empty(one.Table.All());
    }

    [Fact]
    public async Task A_goodbye_reaches_the_log_short_and_without_control_characters()
    {
        await using var one = new LoopbackNode(1);
        var self = new LocalNode(new NodeId(2), 2, 1, new NodeAddress("127.0.0.1", 1), "hostile", TestNetworkKeys.Network);
        await using var hostile = await TestNetworkKeys.Connector(2).DialAsync(await ConnectAsync(one), TestContext.Current.CancellationToken);
        await new Handshake(self).DialAsync(hostile, one.Id, LinkKind.Control);
        await Eventually.HoldsAsync(() => one.Table.Find(self.Id) is not null, "the two are linked");
        var link = one.Table.Find(self.Id)!;

        var goodbye = new Goodbye { Reason = GoodbyeReason.Violation, Text = "\u001b[2J\nnode 3 leads" + new string('x', 10_000) };
        await hostile.WriteAsync(FrameType.Goodbye, goodbye, WireLimits.ControlBytes);

        await link.Ended.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        Assert.StartsWith("[2Jnode 3 leadsxx", link.Reason, StringComparison.Ordinal);
        Assert.Equal(256, link.Reason.Length);
    }

    private static async Task<string> GoodbyeAsync(Connection connection)
    {
        while (true)
        {
            using var frame = (await connection.ReadAsync(WireLimits.ControlBytes, TimeSpan.FromSeconds(5)))!.Value;
            if (frame.Type == FrameType.Goodbye)
                return frame.Parse(Goodbye.Parser).Text;
        }
    }

    private static async Task<Socket> ConnectAsync(LoopbackNode node)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(node.Endpoint);
        return socket;
    }

    /// <summary>Returns when the other side has hung up.</summary>
    private static async Task DrainAsync(Socket socket)
    {
        using var deadline = new CancellationTokenSource(WireLimits.WholeFrame, TimeProvider.System);
        try
        {
            while (await socket.ReceiveAsync(new byte[1024], deadline.Token) > 0)
                continue;
        }
        catch (SocketException e)
        {
            Assert.Equal(SocketError.ConnectionReset, e.SocketErrorCode);
        }
    }

    /// <summary>The wire of a peer that has said something and is gone.</summary>
    private sealed class DeafStream(byte[] said) : MemoryStream(said)
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new IOException("Connection reset by peer");
    }
}
