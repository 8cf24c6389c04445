using System.Collections.Immutable;

namespace P2PNode.Core.Catalogue;

/// <summary>One owner's part of the catalogue: its replica, and who else has its files. Not safe for concurrent use.</summary>
internal sealed class OwnerFiles
{
    private readonly ImmutableArray<NodeId> _ownerAlone;

    /// <summary>For the files that more nodes than the owner have; each is listed with the content that is held.</summary>
    private readonly OrderedPages<Holding, string, HoldingByPath> _holdings = new();

    private ImmutableArray<NodeId> _lastNodes;

    public OwnerFiles(ListingReplica replica)
    {
        Replica = replica;
        _ownerAlone = [replica.Owner];
        _lastNodes = _ownerAlone;
    }

    public ListingReplica Replica { get; }

    public ApplyResult Apply(ListingBatch batch)
    {
        var result = Replica.Apply(batch);
        if (result is not Applied { Changes: var changes })
            return result;

        foreach (var change in changes)
        {
            // Other content at a known path is on nobody's disk yet but the owner's.
            if (change.Before is { } before && (change.After?.Kind, change.After?.Root) != (before.Kind, before.Root))
                _holdings.Remove(before.Path.Value, out _);
        }

        return result;
    }

    public bool TryGet(FilePath path, out FileRow row)
    {
        var found = Replica.TryGet(path, out var entry) && entry.Kind == EntryKind.File;
        var nodes = _holdings.TryGet(path.Value, out var holding) ? holding.Nodes : _ownerAlone;
        row = found ? new FileRow(Replica.Owner, entry!, nodes) : default;
        return found;
    }

    /// <summary>All files, in ordinal order of their paths.</summary>
    public IEnumerable<FileRow> Rows()
    {
        using var holdings = _holdings.All().GetEnumerator();
        var more = holdings.MoveNext();
        foreach (var entry in Replica.Entries)
        {
            // Both are in the same order, and no holding lacks its entry: they are walked side by side.
            var held = more && holdings.Current.Path.Equals(entry.Path);
            var nodes = held ? holdings.Current.Nodes : _ownerAlone;
            if (entry.Kind == EntryKind.File)
                yield return new FileRow(Replica.Owner, entry, nodes);
            if (held)
                more = holdings.MoveNext();
        }
    }

    public bool SetHolder(FilePath path, ContentRoot root, NodeId node)
    {
        if (!TryGet(path, out var row) || row.Entry.Root != root || row.Holders.Contains(node))
            return false;

        _holdings.Put(new Holding(row.Entry.Path, Shared(With(row.Holders, node))), out _);
        return true;
    }

    public bool RemoveHolder(FilePath path, NodeId node)
    {
        if (node == Replica.Owner || !_holdings.TryGet(path.Value, out var holding) || !holding.Nodes.Contains(node))
            return false;

        if (holding.Nodes.Length == 2)
            _holdings.Remove(path.Value, out _);
        else
            _holdings.Put(holding with { Nodes = Shared(holding.Nodes.Remove(node)) }, out _);
        return true;
    }

    public int RemoveHoldings(NodeId node) =>
        _holdings.All().Where(holding => holding.Nodes.Contains(node)).Select(holding => holding.Path).ToList().Count(path => RemoveHolder(path, node));

    private static ImmutableArray<NodeId> With(ImmutableArray<NodeId> nodes, NodeId node)
    {
        var at = nodes.BinarySearch(node);
        return nodes.Insert(at < 0 ? ~at : at, node);
    }

    /// <summary>Files that are collected one after another have the same holders: one array serves them all.</summary>
    private ImmutableArray<NodeId> Shared(ImmutableArray<NodeId> nodes) =>
        _lastNodes = _lastNodes.AsSpan().SequenceEqual(nodes.AsSpan()) ? _lastNodes : nodes;
}
