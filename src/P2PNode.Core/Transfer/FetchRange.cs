using P2PNode.Core.Catalogue;

namespace P2PNode.Core.Transfer;

/// <summary>One stretch of one file that is asked for.</summary>
/// <param name="Tag">Names the range on its link.</param>
/// <param name="Entry">The version that is meant.</param>
/// <param name="Offset">Its first byte.</param>
/// <param name="Length">Bytes; 0 only for an empty file.</param>
public sealed record FetchRange(uint Tag, FileEntry Entry, long Offset, int Length)
{
    /// <summary>Whether it is the first of its file.</summary>
    public bool IsFirst => Offset == 0;

    /// <summary>Whether the file is whole once this range is.</summary>
    public bool IsLast => Offset + Length == Entry.Size;
}
