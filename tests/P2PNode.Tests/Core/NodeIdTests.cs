using FsCheck;
using FsCheck.Fluent;
using P2PNode.Core;

namespace P2PNode.Tests.Core;

public class NodeIdTests
{
    [Fact]
    public void Every_positive_number_is_read_back_from_its_digits() =>
        Prop.ForAll<PositiveInt>(number =>
            NodeId.TryParse(new NodeId(number.Get).ToString(), out var id) && id == new NodeId(number.Get))
            .QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("1", 1)]
    [InlineData("007", 7)]
    [InlineData("2147483647", int.MaxValue)]
    public void Plain_digits_are_an_id(string text, int value)
    {
        Assert.True(NodeId.TryParse(text, out var id));
        Assert.Equal(new NodeId(value), id);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("1.0")]
    [InlineData("1,000")]
    [InlineData("0x1")]
    [InlineData("1e3")]
    [InlineData("2147483648")]
    [InlineData("99999999999999999999")]
    [InlineData("\u0661")]
    [InlineData("\uFF11")]
    public void Anything_else_is_none(string? text) => Assert.False(NodeId.TryParse(text, out _));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void No_id_is_below_one(int value) => Assert.Throws<ArgumentOutOfRangeException>(() => new NodeId(value));

    [Fact]
    public void Ids_are_ordered_as_numbers_not_as_text() => Assert.True(new NodeId(9) < new NodeId(10));
}
