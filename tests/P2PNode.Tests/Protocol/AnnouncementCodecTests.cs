using FsCheck;
using FsCheck.Fluent;
using P2PNode.Core;
using P2PNode.Core.Membership;
using P2PNode.Protocol;

namespace P2PNode.Tests.Protocol;

public sealed class AnnouncementCodecTests
{
    private const string Network = "00112233445566778899aabbccddeeff";

    private static readonly Announcement Sample = new(new NodeId(7), 0x0102030405060708, 3, 5001, 1_700_000_000_000);

    private readonly AnnouncementCodec _codec = new(Network);

    /// <summary>Computed with Python's hashlib and hmac from docs/protocol.md.</summary>
    [Fact]
    public void The_packet_is_the_one_that_the_protocol_describes() => Assert.Equal(
        "5032504e01011389e05acc4c2bc9129d00000007010203040506070800000000000000030000018bcfe5680058f05f9364a80aec1e1aa1c8626f25e7",
        Convert.ToHexStringLower(_codec.Write(Sample)));

    [Fact]
    public void What_is_written_is_read_again() => Prop.ForAll(
        Gen.Choose(1, int.MaxValue).Zip(Gen.Choose(1, 65535)).Zip(ArbMap.Default.GeneratorFor<long>()).ToArbitrary(),
        drawn =>
        {
            var ((id, port), number) = drawn;
            var said = new Announcement(new NodeId(id), (ulong)number, Math.Abs(number % 1000), port, number);
            return _codec.TryRead(_codec.Write(said), out var read) && read == said;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void No_bit_of_a_packet_can_be_turned_and_no_byte_be_missing_or_too_many()
    {
        var packet = _codec.Write(Sample);
        Assert.All(Enumerable.Range(0, 8 * packet.Length), bit =>
        {
            byte[] turned = [.. packet];
            turned[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(_codec.TryRead(turned, out _));
        });
        Assert.All(Enumerable.Range(0, packet.Length), length => Assert.False(_codec.TryRead(packet.AsSpan(0, length), out _)));
        Assert.False(_codec.TryRead([.. packet, 0], out _));
        Assert.False(_codec.TryRead(new byte[AnnouncementCodec.MostBytes], out _));
    }

    [Fact]
    public void Those_of_other_networks_are_passed_over() =>
        Assert.False(new AnnouncementCodec("ff" + Network[2..]).TryRead(_codec.Write(Sample), out _));

    [Theory]
    [InlineData(6, 0, 0)] // The port.
    [InlineData(16, 0x80, 7)] // The ID, made negative.
    [InlineData(28, 0x80, 3)] // The incarnation, made negative.
    public void What_no_node_can_be_is_passed_over_though_its_code_is_right(int at, byte first, byte last)
    {
        var packet = _codec.Write(Sample);
        var length = at == 6 ? 2 : at == 16 ? 4 : 8;
        packet[at] = first;
        packet[at + length - 1] = last;
        _codec.Sign(packet);

        Assert.False(_codec.TryRead(packet, out _));
    }
}
