using System.Collections.Immutable;

namespace P2PNode.Core.Catalogue;

/// <summary>One owner's part of the catalogue: its replica, and who else has its files.</summary>
internal sealed class OwnerFiles
{
    private readonly ImmutableArray<NodeId> _ownerAlone;

    /// <summary>Holders of the files that more nodes than the owner have.</summary>
    private readonly Dictionary<FilePath, ImmutableArray<NodeId>> _holders = [];

    private ImmutableArray<NodeId> _lastHolders;

    public OwnerFiles(ListingReplica replica)
    {
        Replica = replica;
        _ownerAlone = [replica.Owner];
        _lastHolders = _ownerAlone;
    }

    public ListingReplica Replica { get; }

    /// <summary>The files in ordinal order of their paths.</summary>
    public IEnumerable<FileRow> Rows =>
        Replica.Entries.Where(entry => entry.Kind == EntryKind.File).Select(RowOf);

    public ApplyResult Apply(ListingBatch batch)
    {
        var result = Replica.Apply(batch);
        if (result is not Applied { Changes: var changes })
            return result;

        foreach (var change in changes)
        {
            // Other content at a known path is on nobody's disk yet but the owner's.
            if (change.Before is { } before && change.After?.Root != before.Root)
                _holders.Remove(before.Path);
        }

        return result;
    }

    public bool TryGet(FilePath path, out FileRow row)
    {
        var found = Replica.TryGet(path, out var entry) && entry.Kind == EntryKind.File;
        row = found ? RowOf(entry!) : default;
        return found;
    }

    public bool SetHolder(FilePath path, ContentRoot root, NodeId node)
    {
        if (!TryGet(path, out var row) || row.Entry.Root != root || row.Holders.Contains(node))
            return false;

        _holders[row.Entry.Path] = Shared([.. row.Holders.Append(node).Order()]);
        return true;
    }

    public bool RemoveHolder(FilePath path, NodeId node)
    {
        if (node == Replica.Owner || !_holders.TryGetValue(path, out var holders) || !holders.Contains(node))
            return false;

        if (holders.Length == 2)
            _holders.Remove(path);
        else
            _holders[path] = Shared(holders.Remove(node));
        return true;
    }

    public int RemoveHoldings(NodeId node) => _holders.Keys.ToList().Count(path => RemoveHolder(path, node));

    /// <summary>The files that the pattern finds. Holders are looked up for these alone.</summary>
    public IEnumerable<FileRow> Matching(PathPattern pattern)
    {
        foreach (var entry in Replica.Entries)
        {
            if (entry.Kind == EntryKind.File && pattern.Matches(entry.Path))
                yield return RowOf(entry);
        }
    }

    /// <summary>Files collected one after another have the same holders: one array serves them all.</summary>
    private ImmutableArray<NodeId> Shared(ImmutableArray<NodeId> holders) =>
        _lastHolders = _lastHolders.AsSpan().SequenceEqual(holders.AsSpan()) ? _lastHolders : holders;

    private FileRow RowOf(FileEntry entry) =>
        new(Replica.Owner, entry, _holders.GetValueOrDefault(entry.Path, _ownerAlone));
}
