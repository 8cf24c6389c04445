using P2PNode.Core;
using P2PNode.Protocol;
using P2PNode.Protocol.Messages;

namespace P2PNode.Transfer;

/// <summary>A range as a peer asked for it, once it was checked.</summary>
/// <param name="Tag">Chosen by the peer.</param>
/// <param name="Kind">Bytes of the file, or of its piece layer.</param>
/// <param name="Owner">Whose file it is.</param>
/// <param name="Path">Its name.</param>
/// <param name="Root">The content that is meant.</param>
/// <param name="Size">Bytes of the version that is meant.</param>
/// <param name="MtimeTicks">The time of the version that is meant.</param>
/// <param name="Offset">Where the range begins.</param>
/// <param name="Length">How many bytes it has, perhaps none.</param>
internal readonly record struct AskedRange(
    uint Tag, RangeKind Kind, NodeId Owner, FilePath Path, ContentRoot Root, long Size, long MtimeTicks, long Offset, long Length)
{
    public long End => Offset + Length;

    /// <exception cref="PeerException">No file has such a range.</exception>
    public static AskedRange From(WantedRange range)
    {
        var all = range.Kind switch
        {
            RangeKind.Bytes => range.Size,
            RangeKind.Pieces => PieceLayer.BytesOf(range.Size),
            _ => throw PeerException.Violation($"it asked for a range of the unknown kind {(int)range.Kind}"),
        };
        if (range.Owner <= 0 || range.Size < 0 || range.Offset < 0 || range.Length < 0 || range.Length > all - range.Offset)
            throw PeerException.Violation("it asked for a range that no file has");
        if (range.Length == 0 && range.Offset != 0)
            throw PeerException.Violation("it asked for nothing from within a file");
        if (range.Kind is RangeKind.Pieces && range.Size < PieceLayer.LargeFrom)
            throw PeerException.Violation($"it asked for the piece layer of a file of {range.Size} bytes");
        if (range.Root.Length is not (0 or ContentRoot.Size))
            throw PeerException.Violation($"it asked for a content by a root of {range.Root.Length} bytes");
        if (!FilePath.TryParse(range.Path, out var path, out var reason))
            throw PeerException.Violation($"it asked for a file by a name that may not travel: {reason}");

        var root = range.Root.IsEmpty ? default : new ContentRoot(range.Root.Span);
        return new(
            range.Tag, range.Kind, new NodeId(range.Owner), path, root, range.Size, range.MtimeTicks, range.Offset, range.Length);
    }
}
