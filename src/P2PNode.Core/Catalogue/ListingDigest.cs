using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace P2PNode.Core.Catalogue;

/// <summary>
/// A fingerprint of a whole list: the sum modulo 2²⁵⁶ of the SHA-256 of its entries. It does not depend on their order,
/// and adding or taking away an entry costs one hash.
/// </summary>
public readonly record struct ListingDigest
{
    /// <summary>Bytes of a digest.</summary>
    public const int Size = 32;

    // The sum in four words, the first one the highest. Not UInt128: code in which that occurs cannot be compiled ahead.
    private readonly ulong _a;
    private readonly ulong _b;
    private readonly ulong _c;
    private readonly ulong _d;

    private ListingDigest(ulong a, ulong b, ulong c, ulong d) => (_a, _b, _c, _d) = (a, b, c, d);

    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bytes"/> is shorter than 32 bytes.</exception>
    public ListingDigest(ReadOnlySpan<byte> bytes)
    {
        _a = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        _b = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        _c = BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]);
        _d = BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]);
    }

    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _a);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _b);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], _c);
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], _d);
    }

    /// <summary>The digest with one more SHA-256 in the sum.</summary>
    public ListingDigest Plus(ReadOnlySpan<byte> hash) => Plus(new ListingDigest(hash), carry: 0);

    /// <summary>The digest with one SHA-256 less in the sum: to take away is to add the complement, and one.</summary>
    public ListingDigest Minus(ReadOnlySpan<byte> hash)
    {
        var other = new ListingDigest(hash);
        return Plus(new ListingDigest(~other._a, ~other._b, ~other._c, ~other._d), carry: 1);
    }

    /// <summary>The digest with one more entry in the sum.</summary>
    public ListingDigest Plus(FileEntry entry)
    {
        Span<byte> hash = stackalloc byte[Size];
        Hash(entry, hash);
        return Plus(hash);
    }

    /// <summary>The digest with one entry less in the sum.</summary>
    public ListingDigest Minus(FileEntry entry)
    {
        Span<byte> hash = stackalloc byte[Size];
        Hash(entry, hash);
        return Minus(hash);
    }

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        CopyTo(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    private ListingDigest Plus(ListingDigest other, ulong carry)
    {
        var d = Add(_d, other._d, ref carry);
        var c = Add(_c, other._c, ref carry);
        var b = Add(_b, other._b, ref carry);
        var a = Add(_a, other._a, ref carry);
        return new ListingDigest(a, b, c, d);
    }

    /// <summary>One word of a sum.</summary>
    /// <param name="x">A word.</param>
    /// <param name="y">The word to add.</param>
    /// <param name="carry">0 or 1 that the lower word left; afterwards what this one leaves.</param>
    private static ulong Add(ulong x, ulong y, ref ulong carry)
    {
        var half = unchecked(x + y);
        var sum = unchecked(half + carry);
        carry = half < x || sum < half ? 1UL : 0UL;
        return sum;
    }

    /// <summary>
    /// SHA-256 over kind (1 byte), executable (1 byte, 0 or 1), size, mtime and seq (8 bytes each, big-endian), root (32
    /// bytes) and the path in UTF-8. Only the last has no fixed length, so no two entries are written alike.
    /// </summary>
    private static void Hash(FileEntry entry, Span<byte> destination)
    {
        const int head = 2 + (3 * sizeof(long)) + ContentRoot.Size;
        Span<byte> bytes = stackalloc byte[head + FilePath.MaxBytes];
        bytes[0] = (byte)entry.Kind;
        bytes[1] = entry.Executable ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt64BigEndian(bytes[2..], entry.Size);
        BinaryPrimitives.WriteInt64BigEndian(bytes[10..], entry.MtimeTicks);
        BinaryPrimitives.WriteInt64BigEndian(bytes[18..], entry.Seq);
        entry.Root.CopyTo(bytes[26..]);
        var path = Encoding.UTF8.GetBytes(entry.Path.Value, bytes[head..]);
        SHA256.HashData(bytes[..(head + path)], destination);
    }
}
