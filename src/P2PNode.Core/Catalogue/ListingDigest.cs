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
