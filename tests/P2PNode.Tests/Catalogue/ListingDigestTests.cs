using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using P2PNode.Core.Catalogue;
using static P2PNode.Tests.Catalogue.Sample;

namespace P2PNode.Tests.Catalogue;

public class ListingDigestTests
{
    private static readonly BigInteger Modulus = BigInteger.One << 256;

    /// <summary>Bytes that make carries run through all of the number.</summary>
    private static readonly Arbitrary<byte[]> Numbers =
        Gen.Elements<byte>(0x00, 0x01, 0x7F, 0x80, 0xFE, 0xFF).ArrayOf(ListingDigest.Size).ToArbitrary();

    [Fact]
    public void Adding_and_taking_away_is_arithmetic_modulo_two_to_the_256th() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2_000), Prop.ForAll(Numbers, Numbers, (left, right) =>
        {
            var digest = new ListingDigest(left);
            return Value(digest.Plus(right)) == (Value(left) + Value(right)) % Modulus
                && Value(digest.Minus(right)) == (Modulus + Value(left) - Value(right)) % Modulus
                && digest.Plus(right).Minus(right) == digest;
        }));

    [Fact]
    public void A_digest_is_read_back_from_its_bytes() =>
        Prop.ForAll(Numbers, bytes =>
        {
            var copy = new byte[ListingDigest.Size];
            new ListingDigest(bytes).CopyTo(copy);
            return copy.SequenceEqual(bytes) && new ListingDigest(bytes).ToString() == Convert.ToHexStringLower(bytes);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_sum_that_does_not_fit_wraps_around()
    {
        var ones = Enumerable.Repeat((byte)0xFF, 32).ToArray();
        byte[] one = [.. new byte[31], 1];

        Assert.Equal(default, new ListingDigest(ones).Plus(one));
        Assert.Equal(new ListingDigest(ones), default(ListingDigest).Minus(one));
    }

    [Fact]
    public void An_entry_counts_with_the_hash_of_its_documented_bytes()
    {
        var entry = File("docs/caf\u00E9.txt", seq: 7, content: 3) with { Executable = true, Kind = EntryKind.File };
        var bytes = new byte[2 + 24 + 32];
        bytes[1] = 1;
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(2), 3);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(10), 3);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(18), 7);
        entry.Root.CopyTo(bytes.AsSpan(26));

        var expected = SHA256.HashData([.. bytes, .. Encoding.UTF8.GetBytes(entry.Path.Value)]);

        Assert.Equal(new ListingDigest(expected), default(ListingDigest).Plus(entry));
        Assert.Equal(default, default(ListingDigest).Plus(entry).Minus(entry));
    }

    [Fact]
    public void Every_value_of_an_entry_counts()
    {
        var entry = File("a", 1);

        Assert.Equal(8, new[]
        {
            entry,
            entry with { Path = At("b") },
            entry with { Kind = EntryKind.EmptyFolder },
            entry with { Size = 2 },
            entry with { MtimeTicks = 2 },
            entry with { Executable = true },
            entry with { Root = Root(2) },
            entry with { Seq = 2 },
        }.Select(e => DigestOf(e)).Distinct().Count());
    }

    [Fact]
    public void The_longest_path_counts_to_its_end()
    {
        var path = string.Join('/', Enumerable.Repeat(new string('a', 204), 5));

        Assert.NotEqual(DigestOf(File(path, 1)), DigestOf(File(path[..^1] + "b", 1)));
    }

    private static BigInteger Value(ListingDigest digest) =>
        BigInteger.Parse("0" + digest, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static BigInteger Value(byte[] bytes) => new(bytes, isUnsigned: true, isBigEndian: true);
}
