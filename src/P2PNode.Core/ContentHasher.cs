using System.Numerics;
using System.Security.Cryptography;

namespace P2PNode.Core;

/// <summary>
/// Computes content roots of data that arrives in parts of any size, in about 20 KiB of memory however much arrives. The
/// tree is that of BEP 52: leaves are the SHA-256 of 16 KiB (the last one of what is left), and the layer of leaves is
/// filled up with all-zero hashes to a power of two.
/// </summary>
/// <param name="onPiece">
/// Told the hash of each piece of 1 MiB in their order, as <see cref="PieceLayer"/> wants them; null where nobody asks.
/// </param>
public sealed class ContentHasher(Action<ContentRoot>? onPiece = null)
{
    /// <summary>Bytes of a leaf.</summary>
    public const int LeafSize = 16 * 1024;

    /// <summary>Bytes of two hashes side by side, as a node of the tree takes them.</summary>
    private const int Pair = 2 * ContentRoot.Size;

    /// <summary>Enough for 2⁶³ bytes: 2⁴⁹ leaves, and the root above them.</summary>
    private const int Levels = 50;

    private static readonly byte[] Zero = ZeroSubtrees();
    private static readonly byte[] ZeroLeaf = new byte[LeafSize];

    /// <summary>For each level a left and a right half; a left one waits for its right neighbour if the bit of its level
    /// in <see cref="_leaves"/> is set.</summary>
    private readonly byte[] _nodes = new byte[Levels * Pair];

    private byte[]? _partial;
    private int _partialLength;
    private long _leaves;

    /// <summary>How many bytes arrived since the start or the last <see cref="Finish"/>.</summary>
    public long Length => _leaves * LeafSize + _partialLength;

    /// <summary>The root of data that is all there.</summary>
    public static ContentRoot Of(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty)
            return default;
        if (data.Length <= LeafSize)
            return Leaf(data);
        var hasher = new ContentHasher();
        hasher.Append(data);
        return hasher.Finish();
    }

    public void Append(ReadOnlySpan<byte> data)
    {
        if (_partialLength > 0)
        {
            var taken = Math.Min(data.Length, LeafSize - _partialLength);
            Keep(data[..taken]);
            data = data[taken..];
            if (_partialLength < LeafSize)
                return;
            _partialLength = 0;
            AddLeaf(_partial);
        }

        for (; data.Length >= LeafSize; data = data[LeafSize..])
            AddLeaf(data[..LeafSize]);
        Keep(data);
    }

    /// <summary>As <see cref="Append"/>, of so many zeros.</summary>
    public void AppendZeros(int length)
    {
        for (; length > 0; length -= ZeroLeaf.Length)
            Append(ZeroLeaf.AsSpan(0, Math.Min(length, ZeroLeaf.Length)));
    }

    /// <summary>The root of all that arrived; afterwards the hasher is as new.</summary>
    public ContentRoot Finish()
    {
        if (_partialLength > 0)
            AddLeaf(_partial.AsSpan(0, _partialLength));
        var root = _leaves == 0 ? default : Top();
        (_leaves, _partialLength) = (0, 0);
        return root;
    }

    /// <summary>The hash that stands for a subtree of 2^<paramref name="level"/> leaves beyond the end of a file.</summary>
    internal static ReadOnlySpan<byte> ZeroSubtree(int level) =>
        Zero.AsSpan(level * ContentRoot.Size, ContentRoot.Size);

    private static ContentRoot Leaf(ReadOnlySpan<byte> data)
    {
        Span<byte> hash = stackalloc byte[ContentRoot.Size];
        SHA256.HashData(data, hash);
        return new ContentRoot(hash);
    }

    private static byte[] ZeroSubtrees()
    {
        var hashes = new byte[Levels * ContentRoot.Size];
        Span<byte> pair = stackalloc byte[Pair];
        for (var level = 1; level < Levels; level++)
        {
            var below = hashes.AsSpan((level - 1) * ContentRoot.Size, ContentRoot.Size);
            below.CopyTo(pair);
            below.CopyTo(pair[ContentRoot.Size..]);
            SHA256.HashData(pair, hashes.AsSpan(level * ContentRoot.Size, ContentRoot.Size));
        }

        return hashes;
    }

    private void Keep(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty)
            return;
        _partial ??= new byte[LeafSize];
        data.CopyTo(_partial.AsSpan(_partialLength));
        _partialLength += data.Length;
    }

    private void AddLeaf(ReadOnlySpan<byte> data)
    {
        SHA256.HashData(data, Half(0));
        var level = 0;
        for (; HasLeft(level); level++)
        {
            SHA256.HashData(_nodes.AsSpan(level * Pair, Pair), Half(level + 1));
            if (level + 1 == PieceLayer.Level)
                onPiece?.Invoke(new ContentRoot(Half(PieceLayer.Level)));
        }

        _leaves++;
    }

    /// <summary>Climbs from the lowest complete subtree to the root; where no right neighbour came, zeros stand in.</summary>
    private ContentRoot Top()
    {
        var (level, height) = (BitOperations.TrailingZeroCount(_leaves), HeightOf(_leaves));
        Span<byte> node = stackalloc byte[ContentRoot.Size];
        Left(level).CopyTo(node);
        _leaves &= _leaves - 1; // That subtree is in our hands now; the others wait for it.
        while (level < height)
        {
            node.CopyTo(Half(level));
            if (!HasLeft(level))
                ZeroSubtree(level).CopyTo(Right(level));
            SHA256.HashData(_nodes.AsSpan(level * Pair, Pair), node);
            if (++level == PieceLayer.Level)
                onPiece?.Invoke(new ContentRoot(node));
        }

        // One piece is a layer by itself, with the root of the file for its hash.
        if (level < PieceLayer.Level)
            onPiece?.Invoke(new ContentRoot(node));
        return new ContentRoot(node);
    }

    private static int HeightOf(long leaves) => leaves == 1 ? 0 : BitOperations.Log2((ulong)(leaves - 1)) + 1;

    private bool HasLeft(int level) => (_leaves >> level & 1) == 1;

    /// <summary>Where the next hash of a level belongs.</summary>
    private Span<byte> Half(int level) => HasLeft(level) ? Right(level) : Left(level);

    private Span<byte> Left(int level) => _nodes.AsSpan(level * Pair, ContentRoot.Size);

    private Span<byte> Right(int level) => _nodes.AsSpan(level * Pair + ContentRoot.Size, ContentRoot.Size);
}
