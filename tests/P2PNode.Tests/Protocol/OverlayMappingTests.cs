using System.Buffers;
using Google.Protobuf;
using P2PNode.Core;
using P2PNode.Core.Membership;
using P2PNode.Protocol;
using Wire = P2PNode.Protocol.Messages;

namespace P2PNode.Tests.Protocol;

public class OverlayMappingTests
{
    private static readonly NodeId Two = new(2);
    private static readonly Member Row = new() { Id = Two, Host = "10.0.0.2", Port = 5002, Incarnation = 3, State = MemberState.Suspect, Name = "two" };
    private static readonly RumourId Id = new(Two, 3, 7);

    public static TheoryData<OverlayMessage> Messages =>
    [
        new NeighbourRequest(ulong.MaxValue), new NeighbourAnswer(7), new Parted(), new Probe(8), new ProbeAnswer(9, true),
        new WitnessQuestion(Two, 3), new WitnessAnswer(Two, 3, Lives: true), new Rumour(Id, TimeSpan.FromMilliseconds(1_500), "Hallo Welt"),
    ];

    [Theory]
    [MemberData(nameof(Messages), DisableDiscoveryEnumeration = true)]
    public void What_is_said_is_what_is_heard(OverlayMessage said) => Assert.Equal(said, Carry(said));

    [Fact]
    public void Lists_are_carried_too()
    {
        Assert.Equal([Row], Assert.IsType<MemberNews>(Carry(new MemberNews([Row]))).Members);
        Assert.Equal([Row], Assert.IsType<Shuffle>(Carry(new Shuffle([Row], IsAnswer: true))).Members);
        Assert.Equal([Two], Assert.IsType<NeighboursAre>(Carry(new NeighboursAre([Two]))).Neighbours);
        Assert.Equal([Id], Assert.IsType<RumoursKnown>(Carry(new RumoursKnown([Id]))).Ids);
        Assert.Equal([Id], Assert.IsType<RumoursMissed>(Carry(new RumoursMissed([Id]))).Ids);
    }

    [Fact]
    public void The_largest_messages_fit_their_frames()
    {
        var host = string.Join('.', Enumerable.Repeat(new string('ä', 62), 4));
        var rows = Enumerable.Repeat(Row with { Host = host, Name = new string('ㇱ', 64), Incarnation = long.MaxValue, Id = new NodeId(int.MaxValue) }, 50);
        Assert.InRange(SizeOf(new MemberNews([.. rows])), 1, WireLimits.ControlBytes);

        var worst = new RumourId(new NodeId(int.MaxValue), long.MaxValue, long.MaxValue);
        Assert.InRange(SizeOf(new RumoursKnown([.. Enumerable.Repeat(worst, OverlayOptions.MostTextsKept)])), 1, WireLimits.ControlBytes);
        var text = new string('x', OverlayOptions.MostTextBytes);
        Assert.InRange(SizeOf(new Rumour(worst, TimeSpan.FromSeconds(1e6), text)), 1, WireLimits.RumourBytes);
    }

    [Fact]
    public void What_cannot_be_ends_the_link()
    {
        Refuses(FrameType.Overlay, new Wire.OverlayFrame());
        Refuses(FrameType.Overlay, new Wire.OverlayFrame { WitnessQuestion = new() { Suspect = 0 } });
        Refuses(FrameType.Overlay, new Wire.OverlayFrame { WitnessQuestion = new() { Suspect = 2, Incarnation = -1 } });
        Refuses(FrameType.Overlay, new Wire.OverlayFrame { NeighboursAre = new() { Neighbours = { -1 } } });
        Refuses(FrameType.Overlay, new Wire.OverlayFrame { RumoursKnown = new() { Ids = { new Wire.RumourId { Origin = 1, Number = 0 } } } });
        Refuses(FrameType.Overlay, new Wire.OverlayFrame { RumoursKnown = new() { Ids = { Enumerable.Repeat(new Wire.RumourId { Origin = 1, Number = 1 }, 513) } } });
        Refuses(FrameType.MemberNews, new Wire.MemberNews { Members = { new Wire.RosterMember { Id = 2, Host = "a b", Port = 1 } } });
        Refuses(FrameType.MemberNews, new Wire.MemberNews { Shuffle = (Wire.ShuffleStep)9 });
        Refuses(FrameType.Rumour, new Wire.Rumour { Text = "nobody" });
        Refuses(FrameType.Rumour, new Wire.Rumour { Id = new() { Origin = 1, Number = 1 }, AgeMs = -1 });
        Refuses(FrameType.Rumour, new Wire.Rumour { Id = new() { Origin = 1, Number = 1 }, AgeMs = long.MaxValue });
        Refuses(FrameType.Rumour, new Wire.Rumour { Id = new() { Origin = 1, Number = 1 }, Text = new string('x', OverlayOptions.MostTextBytes + 1) });
    }

    private static OverlayMessage Carry(OverlayMessage message)
    {
        var (type, wire) = OverlayMapping.ToWire(message);
        return Read(type, wire);
    }

    private static OverlayMessage Read(FrameType type, IMessage wire)
    {
        var bytes = wire.ToByteArray();
        var pooled = ArrayPool<byte>.Shared.Rent(bytes.Length);
        bytes.CopyTo(pooled, 0);
        using var frame = new Frame(type, pooled, bytes.Length);
        return OverlayMapping.Read(frame, teller: null);
    }

    private static int SizeOf(OverlayMessage message) => OverlayMapping.ToWire(message).Message.CalculateSize();

    private static void Refuses(FrameType type, IMessage wire) =>
        Assert.Equal(PeerFault.Violation, Assert.Throws<PeerException>(() => Read(type, wire)).Fault);
}
