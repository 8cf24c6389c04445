namespace P2PNode.Core.Transfer;

/// <summary>What a range is a stretch of.</summary>
public enum RangeKind
{
    /// <summary>The content of a file, in order and over one link, from its beginning to its end.</summary>
    Stream = 0,

    /// <summary>The piece layer of a large file, in order and over one link.</summary>
    Layer = 1,

    /// <summary>Whole pieces of a large file, of which the last one may be shorter; in any order, over any link.</summary>
    Pieces = 2,
}

/// <summary>One stretch of one file that is asked for.</summary>
/// <param name="Tag">Names the range on its link.</param>
/// <param name="Item">The file and the version that is meant.</param>
/// <param name="Kind">What the offset counts.</param>
/// <param name="Offset">Its first byte.</param>
/// <param name="Length">Bytes; 0 only for an empty file.</param>
/// <param name="IsSecond">Whether another holder was asked for the same.</param>
public sealed record FetchRange(uint Tag, FetchItem Item, RangeKind Kind, long Offset, int Length, bool IsSecond)
{
    /// <summary>Whether it is the first of its kind.</summary>
    public bool IsFirst => Offset == 0;

    /// <summary>Whether the file, or its layer, is whole once this range and those before it are.</summary>
    public bool IsLast => Offset + Length == Item.LengthOf(Kind);

    /// <summary>The first piece of a range of pieces.</summary>
    public int FirstPiece => (int)(Offset / PieceLayer.PieceSize);

    /// <summary>The pieces of a range of pieces.</summary>
    public IEnumerable<int> Pieces => Enumerable.Range(FirstPiece, (int)PieceLayer.CountOf(Length));
}
