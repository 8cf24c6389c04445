namespace P2PNode.Core.Catalogue;

/// <summary>
/// The rules of design 5 for listings that are a plain yes or no. They stand apart from the lists that obey them, so that
/// the simulator can break them one by one and show that it notices.
/// </summary>
internal class ListingRules
{
    public static ListingRules Default { get; } = new();

    /// <summary>Whether a list at this position is the one that the batch continues; what else comes is a gap.</summary>
    public virtual bool Continues(ulong listId, long seq, ListingBatch batch) => batch.ListId == listId && batch.PrevSeq == seq;

    /// <summary>Whether the list that a batch led to is the one that its owner has.</summary>
    public virtual bool Agree(ListingDigest owners, ListingDigest mine) => owners == mine;

    /// <summary>Whether a change takes its path off the list.</summary>
    public virtual bool Removes(FileEntry change) => change.Kind == EntryKind.Removed;

    /// <summary>How many entries a list may have.</summary>
    public virtual int MaxEntries => ListingLimits.MaxEntries;

    /// <summary>How many bytes the paths of a list may have together.</summary>
    public virtual long MaxPathBytes => ListingLimits.MaxPathBytes;

    /// <summary>Whether a snapshot that is not whole yet is kept apart from the list that is here.</summary>
    public virtual bool WaitsForWholeSnapshots => true;
}
