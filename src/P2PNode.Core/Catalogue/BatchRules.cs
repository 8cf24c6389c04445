namespace P2PNode.Core.Catalogue;

/// <summary>What must hold for a batch before it is looked at together with a list.</summary>
internal static class BatchRules
{
    /// <summary>What is wrong with a batch that is said to be of this owner, or null.</summary>
    public static string? FaultOf(ListingBatch batch, NodeId owner)
    {
        if (batch.Owner != owner)
            return $"a batch of node {batch.Owner} came for the listing of node {owner}";
        if (batch.Entries.Length > ListingLimits.MaxBatchEntries)
            return $"a batch has {batch.Entries.Length} entries; {ListingLimits.MaxBatchEntries} are allowed";
        if (batch.PrevSeq < 0 || batch.LastSeq < batch.PrevSeq)
            return $"a batch goes from {batch.PrevSeq} to {batch.LastSeq}";
        if (batch is { More: false, Digest: null })
            return "the last batch has no digest";
        return FaultOfEntries(batch);
    }

    private static string? FaultOfEntries(ListingBatch batch)
    {
        var paths = new HashSet<FilePath>(batch.Entries.Length);
        var seq = batch.PrevSeq;
        foreach (var entry in batch.Entries)
        {
            if (EntryRules.FaultOf(entry) is { } fault)
                return fault;
            if (entry.Seq <= seq)
                return $"'{entry.Path}' has the number {entry.Seq}, which is not above {seq}";
            if (!paths.Add(entry.Path))
                return $"'{entry.Path}' occurs twice in one batch";
            seq = entry.Seq;
        }

        return seq > batch.LastSeq ? $"a batch that ends at {batch.LastSeq} has an entry of the number {seq}" : null;
    }
}
