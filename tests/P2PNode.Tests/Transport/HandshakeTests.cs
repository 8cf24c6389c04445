using System.Buffers;
using Google.Protobuf;
using P2PNode.Core;
using P2PNode.Protocol;
using P2PNode.Protocol.Messages;
using P2PNode.Tests.Testing;
using P2PNode.Transport;

namespace P2PNode.Tests.Transport;

public sealed class HandshakeTests
{
    private static readonly NodeId Peer = new(2);

    private readonly Handshake _handshake = new(new LocalNode(new NodeId(1), 1, 1, new NodeAddress("127.0.0.1", 1), "", ""));

    [Theory]
    [InlineData(" ", 1, 1)]
    [InlineData("\u0001", 1, 1)]
    [InlineData("two words", 1, 1)]
    [InlineData("host:1", 1, 1)]
    [InlineData(".", 1, 1)]
    [InlineData("host", 0, 1)]
    [InlineData("host", 65536, 1)]
    [InlineData("host", 1, -1)]
    public async Task A_greeting_of_a_node_that_cannot_be_is_refused_at_either_end(string host, int port, long incarnation)
    {
        var greeting = Greeting(host, port, incarnation);
        using var toAccept = Wire(FrameType.Hello, greeting);
        using var toDial = Wire(FrameType.Welcome, greeting);
        await using var accepted = Over(toAccept);
        await using var dialled = Over(toDial);

        var refused = await Assert.ThrowsAsync<PeerException>(() => _handshake.ReadHelloAsync(accepted));
        var given = await Assert.ThrowsAsync<PeerException>(() => _handshake.DialAsync(dialled, Peer, LinkKind.Control));

        Assert.Equal((PeerFault.Rejected, PeerFault.Violation), (refused.Fault, given.Fault));
        Assert.Equal(RefuseReason.Malformed, await RefusalOnAsync(toAccept));
    }

    [Theory]
    [InlineData(0, 1_000)]
    [InlineData(200, 200)]
    [InlineData(60_000, 60_000)]
    public async Task A_peer_says_its_heartbeat(uint said, int counted)
    {
        var greeting = Greeting("host", 7400, 1);
        greeting.HeartbeatMs = said;
        using var wire = Wire(FrameType.Hello, greeting);
        await using var connection = Over(wire);

        var (peer, _) = (await _handshake.ReadHelloAsync(connection)).GetValueOrDefault();

        Assert.Equal(TimeSpan.FromMilliseconds(counted), peer.Heartbeat);
    }

    [Fact]
    public async Task A_heartbeat_that_would_have_others_wait_for_hours_is_refused()
    {
        var greeting = Greeting("host", 7400, 1);
        greeting.HeartbeatMs = 60_001;
        using var wire = Wire(FrameType.Hello, greeting);
        await using var connection = Over(wire);

        await Assert.ThrowsAsync<PeerException>(() => _handshake.ReadHelloAsync(connection));

        Assert.Equal(RefuseReason.Malformed, await RefusalOnAsync(wire));
    }

    [Theory]
    [InlineData("")]
    [InlineData("*")]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("127.0.0.1")]
    [InlineData("fe80::1")]
    [InlineData("host-1.local")]
    public async Task A_greeting_from_any_host_that_may_be_is_taken(string host)
    {
        using var wire = Wire(FrameType.Hello, Greeting(host, 7400, 1));
        await using var connection = Over(wire);

        var (peer, kind) = (await _handshake.ReadHelloAsync(connection)).GetValueOrDefault();

        Assert.Equal((Peer, LinkKind.Control, 7400), (peer.Id, kind, peer.Address.Port));
    }

    [Fact]
    public async Task What_a_stranger_says_reaches_the_log_short_and_without_control_characters()
    {
        const string Hostile = "red\u001b[31m\r\n\ud83d\ude00";
        var greeting = Greeting("host", 1, 1);
        greeting.Name = Hostile + new string('x', 300);
        var refuse = new Refuse { Reason = RefuseReason.Full, Text = Hostile + new string('x', 900) };
        using var toAccept = Wire(FrameType.Hello, greeting);
        using var toDial = Wire(FrameType.Refuse, refuse);
        await using var accepted = Over(toAccept);
        await using var dialled = Over(toDial);

        var (peer, _) = (await _handshake.ReadHelloAsync(accepted)).GetValueOrDefault();
        var refused = await Assert.ThrowsAsync<PeerException>(() => _handshake.DialAsync(dialled, Peer, LinkKind.Control));

        Assert.Equal("red[31m\ud83d\ude00" + new string('x', 55), peer.Name);
        Assert.Equal("red[31m\ud83d\ude00" + new string('x', 247), refused.Message);
    }

    private static Hello Greeting(string host, int port, long incarnation) => new()
    {
        MinVersion = Handshake.Version,
        MaxVersion = Handshake.Version,
        NodeId = Peer.Value,
        Instance = 2,
        Incarnation = incarnation,
        Host = host,
        Port = port,
    };

    private static Connection Over(TwoWayStream wire) => new(wire, remote: null, TimeProvider.System);

    /// <summary>A wire on which the other side says one thing.</summary>
    private static TwoWayStream Wire(FrameType type, IMessage said)
    {
        var frame = new ArrayBufferWriter<byte>();
        FrameWriter.Write(frame, type, said, WireLimits.HelloBytes);
        return new TwoWayStream(new MemoryStream(frame.WrittenSpan.ToArray()));
    }

    private static async Task<RefuseReason> RefusalOnAsync(TwoWayStream wire)
    {
        wire.Written.Position = 0;
        using var reader = new FrameReader(wire.Written, TimeProvider.System, TestContext.Current.CancellationToken);
        using var frame = (await reader.ReadAsync(WireLimits.HelloBytes, WireLimits.Hello))!.Value;
        Assert.Equal(FrameType.Refuse, frame.Type);
        return frame.Parse(Refuse.Parser).Reason;
    }
}
