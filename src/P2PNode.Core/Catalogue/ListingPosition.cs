namespace P2PNode.Core.Catalogue;

/// <summary>How far a subscriber has read an owner's listing.</summary>
/// <param name="ListId">The life of the listing; a new random number whenever its owner lost its state.</param>
/// <param name="Seq">The last change that was applied; 0 before the first.</param>
/// <param name="Digest">The digest of the list as it stands after that change.</param>
public readonly record struct ListingPosition(ulong ListId, long Seq, ListingDigest Digest)
{
    /// <summary>The position of a subscriber that has nothing.</summary>
    public static ListingPosition Start => default;
}
