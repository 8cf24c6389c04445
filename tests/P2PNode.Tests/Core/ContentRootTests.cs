using FsCheck;
using FsCheck.Fluent;
using P2PNode.Core;

namespace P2PNode.Tests.Core;

public class ContentRootTests
{
    private const string Hex = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    private static readonly Arbitrary<byte[]> Roots = ArbMap.Default.GeneratorFor<byte>().ArrayOf(ContentRoot.Size).ToArbitrary();

    [Fact]
    public void A_root_is_read_back_from_its_bytes_and_from_its_digits_in_either_case() =>
        Prop.ForAll(Roots, bytes =>
        {
            var root = new ContentRoot(bytes);
            var copy = new byte[ContentRoot.Size];
            root.CopyTo(copy);

            return copy.SequenceEqual(bytes)
                && root.ToString() == Convert.ToHexStringLower(bytes)
                && ContentRoot.TryParse(root.ToString(), out var lower) && lower == root
                && ContentRoot.TryParse(root.ToString().ToUpperInvariant(), out var upper) && upper == root;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Roots_are_equal_when_all_bytes_are() =>
        Prop.ForAll(Roots, Roots, (left, right) =>
            (new ContentRoot(left) == new ContentRoot(right)) == left.SequenceEqual(right)).QuickCheckThrowOnFailure();

    [Fact]
    public void Digits_stand_in_the_order_of_the_bytes()
    {
        Assert.Equal(Hex, new ContentRoot([.. Enumerable.Range(0, 32).Select(i => (byte)i)]).ToString());
        Assert.Equal(new string('0', 64), default(ContentRoot).ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("00")]
    [InlineData(Hex + "00")]
    [InlineData("zz0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")]
    [InlineData(" 00102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")]
    [InlineData("0x0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")]
    public void Other_text_is_no_root(string? text)
    {
        Assert.False(ContentRoot.TryParse(text, out var root));
        Assert.Equal(default, root);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void Other_lengths_are_no_root(int length) =>
        Assert.Throws<ArgumentException>(() => new ContentRoot(new byte[length]));
}
