using System.Collections.Immutable;

namespace P2PNode.Core.Catalogue;

/// <summary>
/// All files of the network: the union of every owner's listing, with the nodes that have each file. At the leader it is
/// the file log. Not safe for concurrent use; the array that <see cref="Rows"/> returns never changes and may be read
/// anywhere.
/// </summary>
public sealed class FileCatalogue
{
    private readonly ListingRules _rules;
    private readonly SortedDictionary<NodeId, OwnerFiles> _owners = [];
    private ImmutableArray<FileRow> _rows;

    public FileCatalogue()
        : this(ListingRules.Default) { }

    internal FileCatalogue(ListingRules rules) => _rules = rules;

    /// <summary>The owners that are known, ascending.</summary>
    public IEnumerable<NodeId> Owners => _owners.Keys;

    /// <summary>
    /// The file log: one row a file, ordered by owner and path; folders are none. Made when it is asked for after a
    /// change, at a cost of O(files), and kept until the next one.
    /// </summary>
    public ImmutableArray<FileRow> Rows => _rows.IsDefault ? _rows = [.. _owners.Values.SelectMany(files => files.Rows())] : _rows;

    public CatalogueTotals Totals => new(_owners.Values.Sum(owner => owner.Replica.Files), SumOfBytes());

    /// <summary>Begins with an owner's stored listing. What was known of this owner before is replaced, holders too.</summary>
    /// <exception cref="ArgumentException">The entries are not the list of this position: what was stored is damaged.</exception>
    public void Restore(NodeId owner, ListingPosition position, IEnumerable<FileEntry> entries)
    {
        _owners[owner] = new OwnerFiles(new ListingReplica(owner, position, entries));
        _rows = default;
    }

    /// <summary>
    /// Takes a batch of the listing of the owner that it names; see <see cref="ListingReplica.Apply"/>. That its sender
    /// speaks for this owner is for the caller to know.
    /// </summary>
    public ApplyResult Apply(ListingBatch batch)
    {
        var result = Of(batch.Owner).Apply(batch);
        if (result is Applied { Changes.Length: > 0 })
            _rows = default;
        return result;
    }

    /// <summary>Where to ask the owner to go on; <see cref="ListingPosition.Start"/> if nothing is known of it.</summary>
    public ListingPosition PositionOf(NodeId owner) =>
        _owners.TryGetValue(owner, out var files) ? files.Replica.Position : ListingPosition.Start;

    /// <summary>The same once the owner's answer was read to the end; null before.</summary>
    public ListingPosition? CompleteAt(NodeId owner) =>
        _owners.TryGetValue(owner, out var files) && files.Replica.IsComplete ? files.Replica.Position : null;

    /// <summary>What an owner lists, empty folders included, by path. Do not change the catalogue while enumerating.</summary>
    public IEnumerable<FileEntry> EntriesOf(NodeId owner) =>
        _owners.TryGetValue(owner, out var files) ? files.Replica.Entries : [];

    /// <summary>What an owner lists at exactly this path, be it a file or an empty folder.</summary>
    public FileEntry? EntryAt(NodeId owner, FilePath path) =>
        _owners.TryGetValue(owner, out var files) && files.Replica.TryGet(path, out var entry) ? entry : null;

    /// <summary>The owner is asked anew; see <see cref="ListingReplica.Restart"/>.</summary>
    public void Restart(NodeId owner) => Of(owner).Replica.Restart();

    /// <summary>Whether an owner has yet to look through its folder since it began.</summary>
    public bool IsScanning(NodeId owner) => _owners.TryGetValue(owner, out var files) && files.Replica.IsScanning;

    /// <summary>How many of these owners' listings are here in full and have all that is in their owners' folders.</summary>
    public Completeness ListingsComplete(IReadOnlyCollection<NodeId> expected) =>
        new(expected.Count(id => CompleteAt(id) is not null && !IsScanning(id)), expected.Count);

    /// <summary>The file at exactly this path.</summary>
    public bool TryGet(NodeId owner, FilePath path, out FileRow row)
    {
        row = default;
        return _owners.TryGetValue(owner, out var files) && files.TryGet(path, out row);
    }

    /// <summary>Answers a question at once; see <see cref="Search"/> for how to do it in steps.</summary>
    public FoundFiles Find(FileQuery query)
    {
        var hits = Search(query);
        return new FoundFiles(RowsOf(hits.Sorted()), hits.Found);
    }

    /// <summary>
    /// Goes through all entries once, which costs less than to have <see cref="Rows"/> made anew after a change. To sort
    /// the hits needs the catalogue no more; who has them is looked up for those alone that are wanted.
    /// </summary>
    public FirstHits Search(FileQuery query)
    {
        var hits = new FirstHits(query);
        var search = new FileSearch(query, hits);
        foreach (var (owner, files) in query.Reverse ? _owners.Reverse() : _owners)
        {
            if (query.Covers(owner))
                files.Replica.Search(search);
        }

        return hits;
    }

    /// <summary>
    /// Does for one owner beforehand what the first search after changes would have to do: O(its files) at first, later
    /// in proportion to what changed.
    /// </summary>
    public void PrepareSearch(NodeId owner)
    {
        if (_owners.TryGetValue(owner, out var files))
            files.Replica.PrepareSearch();
    }

    /// <summary>The rows of files that were found; without those that their owner no longer lists just so.</summary>
    public ImmutableArray<FileRow> RowsOf(IReadOnlyList<FileHit> hits)
    {
        var rows = ImmutableArray.CreateBuilder<FileRow>(hits.Count);
        foreach (var (owner, entry) in hits)
        {
            if (_owners[owner].TryGet(entry.Path, out var row) && row.Entry == entry)
                rows.Add(row);
        }

        return rows.DrainToImmutable();
    }

    /// <summary>
    /// A node has this content of the file. False, and nothing changes, if that was known or if the owner does not list
    /// the file with this content (any more).
    /// </summary>
    public bool SetHolder(NodeId owner, FilePath path, ContentRoot root, NodeId node) =>
        Changed(_owners.TryGetValue(owner, out var files) && files.SetHolder(path, root, node));

    /// <summary>A node no longer has the file. False if it was no holder, or is the owner, which always is.</summary>
    public bool RemoveHolder(NodeId owner, FilePath path, NodeId node) =>
        Changed(_owners.TryGetValue(owner, out var files) && files.RemoveHolder(path, node));

    /// <summary>A node has lost what it held of other nodes' files. Returns how many those were.</summary>
    public int RemoveHoldings(NodeId node)
    {
        var count = _owners.Values.Sum(files => files.RemoveHoldings(node));
        Changed(count > 0);
        return count;
    }

    private OwnerFiles Of(NodeId owner)
    {
        if (!_owners.TryGetValue(owner, out var files))
            _owners.Add(owner, files = new OwnerFiles(new ListingReplica(owner, _rules)));
        return files;
    }

    private bool Changed(bool changed)
    {
        if (changed)
            _rows = default;
        return changed;
    }

    private long SumOfBytes()
    {
        var sum = Int128.Zero;
        foreach (var files in _owners.Values)
            sum += files.Replica.Bytes;
        return long.CreateSaturating(sum);
    }
}
