using System.Security.Cryptography;

namespace P2PNode.Core;

/// <summary>
/// The layer of a file's hash tree whose nodes cover 1 MiB each. Once it is checked against the root, every piece can be
/// checked alone, from whichever source it came. A file of one piece has its root for its only hash; the last piece of a
/// longer one is filled up to 1 MiB with all-zero leaves. An empty file has no pieces.
/// </summary>
public static class PieceLayer
{
    /// <summary>Bytes of a piece; the last one of a file may be shorter.</summary>
    public const int PieceSize = ContentHasher.LeafSize << Level;

    /// <summary>
    /// Files of so many bytes are fetched by pieces, and their layer is kept on disk; for smaller ones it is not worth its
    /// journey, and to ask for it breaks the protocol.
    /// </summary>
    public const int LargeFrom = 8 * PieceSize;

    /// <summary>How far above the leaves the layer lies.</summary>
    internal const int Level = 6;

    /// <summary>How many pieces a file of so many bytes has.</summary>
    public static long CountOf(long size) => size / PieceSize + (size % PieceSize > 0 ? 1 : 0);

    /// <summary>How many bytes the hashes of all pieces take, one after the other.</summary>
    public static long BytesOf(long size) => CountOf(size) * ContentRoot.Size;

    /// <summary>The root that a file with this layer has, given as the hashes of its pieces one after the other.</summary>
    /// <exception cref="ArgumentException">A file of that size has a layer of another length.</exception>
    public static ContentRoot Root(ReadOnlySpan<byte> layer, long size)
    {
        if (layer.Length != BytesOf(size))
            throw new ArgumentException($"The layer of a file of {size} bytes has {BytesOf(size)} bytes, not {layer.Length}.", nameof(layer));
        return layer.IsEmpty ? default : Fold(layer.ToArray());
    }

    /// <summary>The hash that a layer, 32 bytes for each piece, holds for one of them.</summary>
    public static ContentRoot HashAt(ReadOnlySpan<byte> layer, int piece) =>
        new(layer.Slice(piece * ContentRoot.Size, ContentRoot.Size));

    /// <summary>The hash that the layer of a file of several pieces holds for one whose bytes, so many, have this root.</summary>
    public static ContentRoot Lift(ContentRoot root, int length) => Pad(root, LevelOf(length));

    /// <summary>The hash that the layer of a file of <paramref name="fileSize"/> bytes holds for this piece.</summary>
    public static ContentRoot HashOf(ReadOnlySpan<byte> piece, long fileSize)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(piece.Length, PieceSize);
        if (fileSize <= PieceSize)
            return ContentHasher.Of(piece);
        return Pad(ContentHasher.Of(piece), LevelOf(piece.Length));
    }

    /// <summary>Lifts the root of a short last piece to the height of the layer.</summary>
    private static ContentRoot Pad(ContentRoot root, int level)
    {
        Span<byte> pair = stackalloc byte[2 * ContentRoot.Size];
        root.CopyTo(pair);
        for (; level < Level; level++)
        {
            ContentHasher.ZeroSubtree(level).CopyTo(pair[ContentRoot.Size..]);
            SHA256.HashData(pair, pair[..ContentRoot.Size]);
        }

        return new ContentRoot(pair[..ContentRoot.Size]);
    }

    private static int LevelOf(int bytes)
    {
        var level = 0;
        while (ContentHasher.LeafSize << level < bytes)
            level++;
        return level;
    }

    /// <summary>Folds a layer in place, pair by pair and level by level, until the root is left.</summary>
    private static ContentRoot Fold(Span<byte> layer)
    {
        Span<byte> pair = stackalloc byte[2 * ContentRoot.Size];
        for (var level = Level; layer.Length > ContentRoot.Size; level++)
        {
            var nodes = layer.Length / ContentRoot.Size;
            for (var node = 0; node < nodes; node += 2)
            {
                layer.Slice(node * ContentRoot.Size, ContentRoot.Size).CopyTo(pair);
                (node + 1 < nodes
                    ? layer.Slice((node + 1) * ContentRoot.Size, ContentRoot.Size)
                    : ContentHasher.ZeroSubtree(level)).CopyTo(pair[ContentRoot.Size..]);
                SHA256.HashData(pair, layer.Slice(node / 2 * ContentRoot.Size, ContentRoot.Size));
            }

            layer = layer[..((nodes + 1) / 2 * ContentRoot.Size)];
        }

        return new ContentRoot(layer);
    }
}
