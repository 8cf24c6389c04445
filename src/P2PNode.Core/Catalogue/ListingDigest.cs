using System.Buffers.Binary;

namespace P2PNode.Core.Catalogue;

/// <summary>
/// A fingerprint of a whole list: the sum modulo 2²⁵⁶ of the SHA-256 of its entries. It does not depend on their order,
/// and adding or taking away an entry costs one hash.
/// </summary>
public readonly record struct ListingDigest
{
    /// <summary>Bytes of a digest.</summary>
    public const int Size = 32;

    private readonly UInt128 _high;
    private readonly UInt128 _low;

    private ListingDigest(UInt128 high, UInt128 low) => (_high, _low) = (high, low);

    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bytes"/> is shorter than 32 bytes.</exception>
    public ListingDigest(ReadOnlySpan<byte> bytes)
    {
        _high = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        _low = BinaryPrimitives.ReadUInt128BigEndian(bytes[16..]);
    }

    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt128BigEndian(destination, _high);
        BinaryPrimitives.WriteUInt128BigEndian(destination[16..], _low);
    }

    /// <summary>The digest with one more SHA-256 in the sum.</summary>
    public ListingDigest Plus(ReadOnlySpan<byte> hash)
    {
        var other = new ListingDigest(hash);
        var low = unchecked(_low + other._low);
        var carry = low < _low ? UInt128.One : UInt128.Zero;
        return new ListingDigest(unchecked(_high + other._high + carry), low);
    }

    /// <summary>The digest with one SHA-256 less in the sum.</summary>
    public ListingDigest Minus(ReadOnlySpan<byte> hash)
    {
        var other = new ListingDigest(hash);
        var borrow = _low < other._low ? UInt128.One : UInt128.Zero;
        return new ListingDigest(unchecked(_high - other._high - borrow), unchecked(_low - other._low));
    }

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        CopyTo(bytes);
        return Convert.ToHexStringLower(bytes);
    }
}
