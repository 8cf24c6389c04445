using System.Buffers;
using Google.Protobuf;
using P2PNode.Protocol;
using P2PNode.Protocol.Messages;

namespace P2PNode.Tests.Protocol;

public sealed class FrameParseTests
{
    [Theory]
    [InlineData("12FFFFFFFF070880808080104A04088080")]
    [InlineData("08828080800822FFFFFFFF07")]
    [InlineData("FF")]
    [InlineData("0A05")]
    public void What_is_no_message_is_a_violation(string hex)
    {
        using var frame = FrameOf(Convert.FromHexString(hex));

        var e = Assert.Throws<PeerException>(() => frame.Parse(ElectionFrame.Parser));

        Assert.Equal(PeerFault.Violation, e.Fault);
        Assert.StartsWith("a Election frame does not hold such a message", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_swarm_of_empty_fields_is_refused_before_it_becomes_objects()
    {
        using var frame = FrameOf([.. Enumerable.Repeat<byte[]>([0x2A, 0], 32_000).SelectMany(bytes => bytes)]);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal("a Election frame holds more than 4096 fields", Assert.Throws<PeerException>(() => frame.Parse(ListingBatch.Parser)).Message);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, WireLimits.ControlBytes);
    }

    [Theory]
    [InlineData("0B0C")] // A group.
    [InlineData("0C")] // The end of none.
    [InlineData("0E")] // Kinds of fields that there are not.
    [InlineData("0F")]
    public void What_a_parser_might_pass_over_hides_no_swarm(string hex)
    {
        using var frame = FrameOf([.. Convert.FromHexString(hex), .. Enumerable.Repeat<byte[]>([0x2A, 0], 32_000).SelectMany(bytes => bytes)]);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.StartsWith("a Election frame does not hold such a message", Assert.Throws<PeerException>(() => frame.Parse(ListingBatch.Parser)).Message, StringComparison.Ordinal);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, WireLimits.ControlBytes);
    }

    [Fact]
    public void Many_bodies_in_one_election_frame_are_not_copied_one_upon_another()
    {
        using var frame = FrameOf([.. Enumerable.Repeat<byte[]>([0x52, 5, 0x0A, 3, 1, 2, 3], 1000).SelectMany(bytes => bytes)]);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal("a Election frame holds more than 4 fields", Assert.Throws<PeerException>(() => ElectionMapping.Read(frame)).Message);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, WireLimits.ControlBytes);
    }

    [Fact]
    public void Fields_of_a_later_version_cost_nothing_and_do_no_harm()
    {
        using var frame = FrameOf([.. new Holdings { Anew = true }.ToByteArray(), 0xF8, 0x7F, 1]);

        Assert.Equal(new Holdings { Anew = true }, frame.Parse(Holdings.Parser));
    }

    private static Frame FrameOf(byte[] payload)
    {
        var pooled = ArrayPool<byte>.Shared.Rent(payload.Length);
        payload.CopyTo(pooled, 0);
        return new Frame(FrameType.Election, pooled, payload.Length);
    }
}
