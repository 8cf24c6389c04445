using System.Collections.Immutable;

namespace P2PNode.Core.Catalogue;

/// <summary>A list as a subscriber builds it up: entries and how far they reach. Not safe for concurrent use.</summary>
internal sealed class ListingVersion(ulong listId, ListingRules rules)
{
    public ulong ListId { get; } = listId;

    public long Seq { get; set; }

    public EntrySet Entries { get; } = new(rules.MaxEntries, rules.MaxPathBytes);

    public bool IsContinuedBy(ListingBatch batch) => rules.Continues(ListId, Seq, batch);

    /// <summary>Takes the whole batch, or nothing of it and says why.</summary>
    public ApplyResult Apply(ListingBatch batch)
    {
        var changes = ImmutableArray.CreateBuilder<EntryChange>(batch.Entries.Length);
        foreach (var entry in batch.Entries)
        {
            if (entry.Kind == EntryKind.Removed && !rules.Removes(entry))
                continue;
            if (entry.Kind != EntryKind.Removed && RefusalOf(entry, batch.PrevSeq, changes) is { } refusal)
            {
                Undo(changes);
                return new Refused(refusal);
            }

            var after = entry.Kind == EntryKind.Removed ? null : entry;
            var before = after is null ? Entries.Remove(entry.Path) : Entries.Put(after);
            if (before is not null || after is not null)
                changes.Add(new EntryChange(before, after));
        }

        if (batch.Digest is { } digest && !rules.Agree(digest, Entries.Digest))
        {
            Undo(changes);
            return new Diverged($"the digest at {batch.LastSeq} is not the owner's");
        }

        Seq = batch.LastSeq;
        return new Applied(changes.DrainToImmutable()) { Continues = true };
    }

    /// <summary>What must change here to become the other one, in ordinal order of the paths.</summary>
    public ImmutableArray<EntryChange> ChangesTo(ListingVersion other)
    {
        var changes = ImmutableArray.CreateBuilder<EntryChange>();
        using var mine = Entries.Entries.GetEnumerator();
        using var theirs = other.Entries.Entries.GetEnumerator();
        var before = Next(mine);
        var after = Next(theirs);
        while (before is not null || after is not null)
        {
            var order = before is null ? 1 : after is null ? -1 : before.Path.CompareTo(after.Path);
            if (order != 0 || before != after)
                changes.Add(new EntryChange(order <= 0 ? before : null, order >= 0 ? after : null));
            if (order <= 0)
                before = Next(mine);
            if (order >= 0)
                after = Next(theirs);
        }

        return changes.DrainToImmutable();
    }

    /// <summary>
    /// Makes room for an entry: what an earlier batch left in its way is gone by now, for the owner has the entry. That
    /// it is gone may be told further on, where the path changed again since: a file that became a folder, that is no
    /// longer listed as empty.
    /// </summary>
    private string? RefusalOf(FileEntry entry, long prevSeq, ImmutableArray<EntryChange>.Builder changes)
    {
        if (Entries.RefusalOf(entry) is not { } refusal)
            return null;
        var obstacles = Entries.InTheWayOf(entry.Path, entry.Kind).ToList();
        if (obstacles.Count == 0 || obstacles.Any(obstacle => obstacle.Seq > prevSeq))
            return refusal;
        foreach (var obstacle in obstacles)
        {
            Entries.Remove(obstacle.Path);
            changes.Add(new EntryChange(obstacle, null));
        }

        return Entries.RefusalOf(entry);
    }

    private static FileEntry? Next(IEnumerator<FileEntry> entries) => entries.MoveNext() ? entries.Current : null;

    private void Undo(ImmutableArray<EntryChange>.Builder changes)
    {
        for (var i = changes.Count - 1; i >= 0; i--)
        {
            if (changes[i].Before is { } before)
                Entries.Put(before);
            else
                Entries.Remove(changes[i].Path);
        }
    }
}
