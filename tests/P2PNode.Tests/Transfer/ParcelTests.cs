using P2PNode.Protocol;
using P2PNode.Transfer;

namespace P2PNode.Tests.Transfer;

public sealed class ParcelTests
{
    [Fact]
    public void Pieces_are_read_back_as_they_were_added()
    {
        using var writer = new ParcelWriter();
        for (var i = 0; i < 10; i++)
        {
            writer.Body(i * 1000).Span.Fill((byte)i);
            writer.Add((uint)i, i % 2 == 0 ? PieceStatus.Last : PieceStatus.More, i * 1000);
        }

        var reader = new ParcelReader(writer.Finish().Span[WireLimits.HeadBytes..]);

        for (var i = 0; i < 10; i++)
        {
            Assert.True(reader.TryTake(out var tag, out var status, out var length, out var bytes));
            Assert.Equal(((uint)i, i % 2 == 0 ? PieceStatus.Last : PieceStatus.More, i * 1000), (tag, status, bytes.Length));
            Assert.Equal(i * 1000, length);
            Assert.False(bytes.ContainsAnyExcept((byte)i));
        }

        Assert.False(reader.TryTake(out _, out _, out _, out _));
        Assert.True(writer.IsEmpty);
    }

    [Fact]
    public void A_full_parcel_is_a_frame_of_the_largest_size()
    {
        using var writer = new ParcelWriter();

        writer.Add(1, PieceStatus.Last, writer.Room);

        Assert.Equal(WireLimits.HeadBytes + WireLimits.BulkBytes, writer.Finish().Length);
    }

    [Theory]
    [InlineData("00000001")]
    [InlineData("0000000100000000")]
    [InlineData("00000001000000000200")] // one byte of two
    [InlineData("0000000100FFFFFFFF00")]
    [InlineData("00000001090000000000")] // an unknown status
    public void What_is_no_row_of_pieces_is_a_violation(string hex)
    {
        var payload = Convert.FromHexString(hex);
        var e = Assert.Throws<PeerException>(() =>
        {
            var reader = new ParcelReader(payload);
            while (reader.TryTake(out _, out _, out _, out _))
                continue;
        });

        Assert.Equal(PeerFault.Violation, e.Fault);
    }
}
