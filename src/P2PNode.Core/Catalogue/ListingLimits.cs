using System.Text;

namespace P2PNode.Core.Catalogue;

/// <summary>The bounds that every listing keeps, at its owner and at its subscribers.</summary>
public static class ListingLimits
{
    /// <summary>The most entries that one owner may list; bounds what a subscriber must remember for it.</summary>
    public const int MaxEntries = 2_000_000;

    /// <summary>
    /// The most bytes of UTF-8 that the paths of one owner may have together: 134 for each of two million, which is twice
    /// what paths of people have. A subscriber takes up to four times as much memory for them.
    /// </summary>
    public const long MaxPathBytes = 256 << 20;

    /// <summary>The most entries in one batch.</summary>
    public const int MaxBatchEntries = 1_000;

    /// <summary>The largest batch by estimate. A control frame holds 64 KiB; a quarter of it is left as a margin.</summary>
    public const int MaxBatchBytes = 48 * 1024;

    /// <summary>The most removals that an owner remembers. A subscriber that missed older ones gets a snapshot.</summary>
    public const int MaxRemovals = 10_000;

    /// <summary>
    /// What an entry costs in a batch beside its path, at most: root 34 bytes; size, mtime and number up to 11 each; kind
    /// and executable bit 2 each; the entry's and the path's tags and lengths 6.
    /// </summary>
    private const int EntryBytes = 80;

    /// <summary>An upper bound for the encoded size of the entry, in bytes.</summary>
    public static int EncodedBytes(FileEntry entry) => EntryBytes + PathBytes(entry.Path);

    /// <summary>What a path counts for <see cref="MaxPathBytes"/>.</summary>
    public static int PathBytes(FilePath path) => Encoding.UTF8.GetByteCount(path.Value);
}
