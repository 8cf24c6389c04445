using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Google.Protobuf;
using P2PNode.Core;
using P2PNode.Node;
using P2PNode.Protocol;
using P2PNode.Protocol.Messages;
using P2PNode.Tests.Testing;
using P2PNode.Transport;

namespace P2PNode.Tests.Transport;

/// <summary>Node 1 is of this version; node 2, over real TLS, of an older or a newer one.</summary>
public sealed class VersionTests : IAsyncDisposable
{
    private const uint Far = uint.MaxValue;

    /// <summary>A type of frame that this version does not know.</summary>
    private const byte UnknownType = 200;

    private const byte Ignorable = 1;

    /// <summary>Two fields that this version does not know: number 100 with a number in it, 101 with a text.</summary>
    private static readonly byte[] FutureFields = [0xA0, 0x06, 0x07, 0xAA, 0x06, 0x03, (byte)'n', (byte)'e', (byte)'w'];

    private static readonly NodeId Two = new(2);

    private readonly LoopbackNode _one = new(1);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _one.DisposeAsync();

    [Theory]
    [InlineData(0, 0)]
    [InlineData(2, 2)]
    [InlineData(2, Far)]
    [InlineData(3, 0)]
    public async Task Who_dials_without_a_common_version_is_told_which_there_are(uint min, uint max)
    {
        await using var two = await ConnectAsync();

        await WriteAsync(two, FrameType.Hello, Greeting(min, max).ToByteArray());

        using var answer = await ReadAsync(two);
        Assert.Equal(FrameType.Refuse, answer.Type);
        var refuse = answer.Parse(Refuse.Parser);
        Assert.Equal((RefuseReason.Version, $"node 1 speaks version 1 of the protocol, the other side {min} to {max}"), (refuse.Reason, refuse.Text));
        Assert.Null(await two.ReadAsync(WireLimits.ControlBytes, WireLimits.Hello));
        Assert.Empty(_one.Table.All());
        await Eventually.HoldsAsync(() => _one.Log.Any(line => line.RenderMessage(null).Contains(refuse.Text, StringComparison.Ordinal)), "the log says so too");
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(0, 1)]
    [InlineData(0, Far)]
    public async Task Who_dials_with_a_common_version_among_others_is_linked(uint min, uint max)
    {
        await using var two = await LinkAsync(Greeting(min, max).ToByteArray());
    }

    [Fact]
    public async Task Abilities_and_fields_of_a_greeting_that_are_not_known_are_passed_over()
    {
        var greeting = Greeting(1, 3);
        greeting.Features = ulong.MaxValue;

        await using var two = await LinkAsync([.. greeting.ToByteArray(), .. FutureFields]);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(2, 2)]
    public async Task A_welcome_without_a_common_version_makes_no_link(uint min, uint max)
    {
        var e = await Assert.ThrowsAsync<PeerException>(() => DialAsync(FrameType.Welcome, Greeting(min, max).ToByteArray()));

        Assert.Equal(PeerFault.Violation, e.Fault);
        Assert.Contains($"node 1 speaks version 1 of the protocol, the other side {min} to {max}", e.Message, StringComparison.Ordinal);
        Assert.Empty(_one.Table.All());
    }

    [Fact]
    public async Task A_welcome_of_a_newer_node_that_speaks_this_version_too_makes_a_link()
    {
        var greeting = Greeting(1, 3);
        greeting.Features = ulong.MaxValue;

        await DialAsync(FrameType.Welcome, [.. greeting.ToByteArray(), .. FutureFields]);

        Assert.NotNull(_one.Table.Find(Two));
    }

    [Fact]
    public async Task A_node_hears_why_an_older_or_newer_one_refuses_it()
    {
        var refuse = new Refuse { Reason = (RefuseReason)99, Text = "node 2 speaks versions 7 to 9 of the protocol" };

        var e = await Assert.ThrowsAsync<PeerException>(() => DialAsync(FrameType.Refuse, [.. refuse.ToByteArray(), .. FutureFields]));

        Assert.Equal((PeerFault.Rejected, refuse.Text), (e.Fault, e.Message));
    }

    [Fact]
    public async Task Frames_that_may_be_ignored_and_unknown_flags_and_fields_cost_a_link_nothing()
    {
        await using var two = await LinkAsync(Greeting(1, 3).ToByteArray());
        var link = _one.Table.Find(Two)!;

        await WriteAsync(two, UnknownType, FutureFields, Ignorable);
        await WriteAsync(two, UnknownType + 1, [], Ignorable | 0x80);
        await WriteAsync(two, FrameType.Ping, FutureFields, flags: 0xFE);
        await WriteAsync(two, FrameType.FilesQuery, [.. new FilesQuery { Query = 7 }.ToByteArray(), .. FutureFields], flags: 0xFF);

        await Eventually.HoldsAsync(() => _one.Frames.Contains((Two, FrameType.FilesQuery)), "what comes after them is taken");
        Assert.Equal([(Two, FrameType.FilesQuery)], _one.Frames);
        Assert.False(link.Ended.IsCompleted);
    }

    [Fact]
    public async Task A_frame_that_may_not_be_ignored_costs_the_link_and_the_peer_is_told()
    {
        await using var two = await LinkAsync(Greeting(1, 3).ToByteArray());
        var link = _one.Table.Find(Two)!;

        await WriteAsync(two, UnknownType, []);

        Assert.Equal(LinkEnding.Violation, await link.Ended.WaitAsync(TimeSpan.FromSeconds(20), Stop));
        Assert.Equal($"a frame has the unknown type {UnknownType}", link.Reason);
        Frame frame;
        while ((frame = await ReadAsync(two)).Type != FrameType.Goodbye)
            frame.Dispose();
        using (frame)
            Assert.Equal(GoodbyeReason.Violation, frame.Parse(Goodbye.Parser).Reason);
    }

    [Fact]
    public async Task A_goodbye_for_a_reason_that_is_not_known_yet_ends_the_link_like_any_other()
    {
        await using var two = await LinkAsync(Greeting(1, 3).ToByteArray());
        var link = _one.Table.Find(Two)!;
        var goodbye = new Goodbye { Reason = (GoodbyeReason)99, Text = "for a new reason" };

        await WriteAsync(two, FrameType.Goodbye, [.. goodbye.ToByteArray(), .. FutureFields]);

        Assert.Equal(LinkEnding.Lost, await link.Ended.WaitAsync(TimeSpan.FromSeconds(20), Stop));
        Assert.Equal("for a new reason", link.Reason);
    }

    [Fact]
    public async Task A_node_that_leaves_asks_no_older_one_to_take_its_files_over()
    {
        await using var two = await LinkAsync(Greeting(1, 1).ToByteArray());

        var e = Assert.Throws<LeaveException>(() => new CustodyQuestions(_one.Table, TimeProvider.System).TryAsk(Two, new Epoch(1)));

        Assert.Equal(LeaveFault.Refused, e.Fault);
        Assert.Contains("Node 2 runs an older program", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_goodbye_of_who_leaves_says_where_its_files_are()
    {
        await using var two = await LinkAsync(Greeting(1, 1).ToByteArray());
        var link = _one.Table.Find(Two)!;

        await WriteAsync(two, FrameType.Goodbye, new Goodbye { Reason = GoodbyeReason.Leaving, Text = "its files are with node 1" }.ToByteArray());

        Assert.Equal(LinkEnding.PeerLeft, await link.Ended.WaitAsync(TimeSpan.FromSeconds(20), Stop));
        Assert.Equal("its files are with node 1", link.Reason);
    }

    private static Hello Greeting(uint min, uint max) => new()
    {
        MinVersion = min,
        MaxVersion = max,
        Network = TestNetworkKeys.Network,
        NodeId = Two.Value,
        Instance = 2,
        Incarnation = 1,
        Host = "127.0.0.1",
        Port = 2,
    };

    private async Task<Connection> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(_one.Endpoint, Stop);
        return await TestNetworkKeys.Connector(Two.Value).DialAsync(socket, Stop);
    }

    /// <summary>Node 2 dials, says hello, and is welcomed in this version.</summary>
    private async Task<Connection> LinkAsync(byte[] hello)
    {
        var two = await ConnectAsync();
        await WriteAsync(two, FrameType.Hello, hello);
        using var answer = await ReadAsync(two);
        Assert.Equal(FrameType.Welcome, answer.Type);
        var welcome = answer.Parse(Hello.Parser);
        Assert.Equal((1U, 1U, (ulong)PeerFeatures.TakesCustody), (welcome.MinVersion, welcome.MaxVersion, welcome.Features));
        await Eventually.HoldsAsync(() => _one.Table.Find(Two) is not null, "the two are linked");
        return two;
    }

    /// <summary>Node 1 dials; node 2 answers its hello.</summary>
    private async Task DialAsync(FrameType type, byte[] answer)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var dialling = _one.Greeter.DialAsync(new NodeAddress("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port), Two, Stop);
        await using var two = await TestNetworkKeys.Connector(Two.Value).AcceptAsync(await listener.AcceptSocketAsync(Stop), Stop);
        using (var frame = await ReadAsync(two))
        {
            var hello = frame.Parse(Hello.Parser);
            Assert.Equal((FrameType.Hello, 1U, 1U), (frame.Type, hello.MinVersion, hello.MaxVersion));
        }

        await WriteAsync(two, type, answer);
        await dialling;
    }

    private static async Task<Frame> ReadAsync(Connection connection) => (await connection.ReadAsync(WireLimits.ControlBytes, TimeSpan.FromSeconds(20)))!.Value;

    private static ValueTask WriteAsync(Connection connection, FrameType type, byte[] payload, byte flags = 0) => WriteAsync(connection, (byte)type, payload, flags);

    private static ValueTask WriteAsync(Connection connection, byte type, byte[] payload, byte flags = 0)
    {
        var frame = new byte[WireLimits.HeadBytes + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length);
        (frame[4], frame[5]) = (type, flags);
        payload.CopyTo(frame, WireLimits.HeadBytes);
        return connection.WriteAsync(frame);
    }
}
