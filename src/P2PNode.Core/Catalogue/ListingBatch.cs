using System.Collections.Immutable;

namespace P2PNode.Core.Catalogue;

/// <summary>A run of changes to one owner's listing, as it travels.</summary>
/// <param name="Owner">Whose listing it is.</param>
/// <param name="ListId">The life of the listing that the batch belongs to.</param>
/// <param name="PrevSeq">The position that the receiver must be at; 0 starts a snapshot, which replaces all it has.</param>
/// <param name="LastSeq">The position after the batch.</param>
/// <param name="Entries">The changes in ascending order of <see cref="FileEntry.Seq"/>, each path at most once.</param>
/// <param name="Digest">
/// The digest of the list at <paramref name="LastSeq"/>. The last batch has one; where further batches follow it is null,
/// for a change that supersedes an earlier one leaves no list to compare with in between.
/// </param>
/// <param name="More">Whether further batches follow at once; false when the receiver is then up to date.</param>
public sealed record ListingBatch(
    NodeId Owner,
    ulong ListId,
    long PrevSeq,
    long LastSeq,
    ImmutableArray<FileEntry> Entries,
    ListingDigest? Digest,
    bool More)
{
    /// <summary>
    /// Whether the owner has yet to look through its folder since it began: what the list lacks may be there. It
    /// changes nothing of what is listed.
    /// </summary>
    public bool Scanning { get; init; }
}
