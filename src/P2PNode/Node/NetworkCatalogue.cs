using System.Collections.Immutable;
using P2PNode.Core;
using P2PNode.Core.Catalogue;

namespace P2PNode.Node;

/// <summary>The catalogue as this node has it, for many readers and writers; and who wants to hear of its changes.</summary>
internal sealed class NetworkCatalogue
{
    private readonly Lock _gate = new();
    private readonly FileCatalogue _catalogue = new();

    /// <summary>Who has what, said before the listing was here that names it; tried again when the listing changes.</summary>
    private readonly UnmatchedHoldings _unmatched = new();

    /// <summary>A batch was applied, and what it changed. Raised in the order of the batches of one owner.</summary>
    public event Action<ListingBatch, Applied>? Applied;

    /// <summary>An owner has begun another list; whoever was told of the earlier one must hear of it.</summary>
    public event Action? ListBegun;

    /// <summary>Rows changed, or their holders.</summary>
    public event Action? Changed;

    public CatalogueTotals Totals
    {
        get
        {
            lock (_gate)
                return _catalogue.Totals;
        }
    }

    public ImmutableArray<NodeId> Owners
    {
        get
        {
            lock (_gate)
                return [.. _catalogue.Owners];
        }
    }

    /// <summary>The file log: an array in memory, one row a file.</summary>
    public ImmutableArray<FileRow> Rows
    {
        get
        {
            lock (_gate)
                return _catalogue.Rows;
        }
    }

    /// <summary>Answers a question; what is long to be sorted is sorted while others use the catalogue.</summary>
    public FoundFiles Find(FileQuery query)
    {
        FirstHits hits;
        lock (_gate)
            hits = _catalogue.Search(query);
        var sorted = hits.Sorted();
        lock (_gate)
            return new FoundFiles(_catalogue.RowsOf(sorted), hits.Found);
    }

    /// <inheritdoc cref="FileCatalogue.PrepareSearch"/>
    public void PrepareSearch()
    {
        foreach (var owner in Owners)
        {
            lock (_gate)
                _catalogue.PrepareSearch(owner);
        }
    }

    public ListingPosition PositionOf(NodeId owner)
    {
        lock (_gate)
            return _catalogue.PositionOf(owner);
    }

    public ListingPosition? CompleteAt(NodeId owner)
    {
        lock (_gate)
            return _catalogue.CompleteAt(owner);
    }

    /// <summary>How many entries an owner lists.</summary>
    public int CountOf(NodeId owner)
    {
        lock (_gate)
            return _catalogue.EntriesOf(owner).Count();
    }

    public ImmutableArray<FileEntry> EntriesOf(NodeId owner)
    {
        lock (_gate)
            return [.. _catalogue.EntriesOf(owner)];
    }

    public FileEntry? EntryAt(NodeId owner, FilePath path)
    {
        lock (_gate)
            return _catalogue.EntryAt(owner, path);
    }

    public bool TryGet(NodeId owner, FilePath path, out FileRow row)
    {
        lock (_gate)
            return _catalogue.TryGet(owner, path, out row);
    }

    /// <inheritdoc cref="FileCatalogue.ListingsComplete"/>
    public Completeness ListingsComplete(IReadOnlyCollection<NodeId> expected)
    {
        lock (_gate)
            return _catalogue.ListingsComplete(expected);
    }

    /// <summary>Whether an owner has yet to look through its folder since it began.</summary>
    public bool IsScanning(NodeId owner)
    {
        lock (_gate)
            return _catalogue.IsScanning(owner);
    }

    /// <summary>
    /// Hands on a copy of what is known of an owner, and whether that one is scanning, before any later batch is applied.
    /// </summary>
    public void UseCopyOf(NodeId owner, Action<Listing, bool> use)
    {
        lock (_gate)
        {
            var position = _catalogue.PositionOf(owner);
            use(new Listing(owner, position.ListId, position.Seq, _catalogue.EntriesOf(owner)), _catalogue.IsScanning(owner));
        }
    }

    /// <summary>Begins with what is known of an owner that may be away.</summary>
    public void Restore(NodeId owner, ListingPosition position, IEnumerable<FileEntry> entries)
    {
        lock (_gate)
            _catalogue.Restore(owner, position, entries);
    }

    /// <summary>The owner will be asked anew.</summary>
    public void Restart(NodeId owner)
    {
        lock (_gate)
            _catalogue.Restart(owner);
    }

    public ApplyResult Apply(ListingBatch batch)
    {
        lock (_gate)
        {
            var result = _catalogue.Apply(batch);
            if (result is not Applied applied)
                return result;
            if (applied.Changes.Length > 0)
                MatchHoldings(batch.Owner, applied.Changes);

            // Under the lock, so that what is made of the batches keeps their order; handlers only enqueue.
            Applied?.Invoke(batch, applied);
            if (applied.BeginsList)
                ListBegun?.Invoke();
            if (applied.Changes.Length > 0)
                Changed?.Invoke();
            return result;
        }
    }

    /// <summary>What nobody lists is remembered for when somebody does, as far as there is room.</summary>
    public void SetHolder(NodeId owner, FilePath path, ContentRoot root, NodeId holder)
    {
        lock (_gate)
        {
            _unmatched.Remove(holder, owner, path);
            if (_catalogue.SetHolder(owner, path, root, holder))
                Changed?.Invoke();
            else if (!_catalogue.TryGet(owner, path, out var row) || row.Entry.Root != root)
                _unmatched.TryAdd(holder, owner, path, root);
        }
    }

    public void RemoveHolder(NodeId owner, FilePath path, NodeId holder)
    {
        lock (_gate)
        {
            _unmatched.Remove(holder, owner, path);
            if (_catalogue.RemoveHolder(owner, path, holder))
                Changed?.Invoke();
        }
    }

    /// <summary>Forgets what a node said that it holds; it will say it anew.</summary>
    public void RemoveHoldings(NodeId holder)
    {
        lock (_gate)
        {
            _unmatched.RemoveAll(holder);
            if (_catalogue.RemoveHoldings(holder) > 0)
                Changed?.Invoke();
        }
    }

    private void MatchHoldings(NodeId owner, ImmutableArray<EntryChange> changes)
    {
        foreach (var entry in changes.Select(change => change.After).OfType<FileEntry>())
        {
            foreach (var holder in _unmatched.Take(owner, entry.Path, entry.Root))
                _catalogue.SetHolder(owner, entry.Path, entry.Root, holder);
        }
    }
}
