using System.Diagnostics.CodeAnalysis;

namespace P2PNode.Core.Catalogue;

/// <summary>
/// What one owner offers, at a subscriber: follows the owner's <see cref="Listing"/> batch by batch, and takes nothing
/// from a batch that it cannot take whole. Holds at most two lists: the one it has and a snapshot under way. Not safe for
/// concurrent use.
/// </summary>
public sealed class ListingReplica
{
    private readonly ListingRules _rules;
    private ListingVersion _current;

    /// <summary>A snapshot that is not whole yet.</summary>
    private ListingVersion? _unfinished;

    /// <summary>Starts with nothing.</summary>
    public ListingReplica(NodeId owner)
        : this(owner, ListingRules.Default) { }

    /// <summary>Restores what was stored. It is complete only once its owner has said so again.</summary>
    /// <exception cref="ArgumentException">The entries are not the list of this position: what was stored is damaged.</exception>
    public ListingReplica(NodeId owner, ListingPosition position, IEnumerable<FileEntry> entries)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position.Seq);
        (Owner, _rules) = (owner, ListingRules.Default);
        _current = new ListingVersion(position.ListId, _rules) { Seq = position.Seq };
        var fault = _current.Entries.Load(entries, position.Seq);
        if (fault is not null || Position != position)
            throw new ArgumentException($"{fault ?? "The entries have another digest than the position"}.", nameof(entries));
    }

    internal ListingReplica(NodeId owner, ListingRules rules) =>
        (Owner, _rules, _current) = (owner, rules, new ListingVersion(listId: 0, rules));

    public NodeId Owner { get; }

    /// <summary>Ask the owner for what comes after this.</summary>
    public ListingPosition Position => new(_current.ListId, _current.Seq, _current.Entries.Digest);

    /// <summary>Whether the last batch was applied and its owner had no more.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Whether the owner has yet to look through its folder since it began, as its last batch said.</summary>
    public bool IsScanning { get; private set; }

    /// <summary>How many entries are listed, empty folders included.</summary>
    public int Count => _current.Entries.Count;

    /// <summary>How many files are listed.</summary>
    public int Files => _current.Entries.Files;

    /// <summary>The sum of the sizes.</summary>
    public long Bytes => _current.Entries.Bytes;

    /// <summary>What is listed, in ordinal order of the paths. Do not apply a batch while enumerating.</summary>
    public IEnumerable<FileEntry> Entries => _current.Entries.Entries;

    /// <summary>Has the search go through what is listed.</summary>
    internal void Search(FileSearch search) => _current.Entries.Search(Owner, search);

    internal void PrepareSearch() => _current.Entries.PrepareSearch();

    public bool TryGet(FilePath path, [NotNullWhen(true)] out FileEntry? entry) =>
        _current.Entries.TryGet(path, out entry);

    /// <summary>
    /// The owner is asked anew, on a new link say: until its answer is read to the end the replica is not complete, and
    /// a snapshot under way is dropped.
    /// </summary>
    public void Restart() => (IsComplete, _unfinished) = (false, null);

    /// <summary>Takes the batch whole, or leaves everything as it is and says why. Cost: O(entries × log n).</summary>
    public ApplyResult Apply(ListingBatch batch)
    {
        var result = BatchRules.FaultOf(batch, Owner) is { } fault ? new Refused(fault) : Follow(batch);
        IsComplete = result is Applied && !batch.More;
        if (result is Applied)
            IsScanning = batch.Scanning;
        if (result is Refused or Diverged)
            _unfinished = null;
        return result;
    }

    private ApplyResult Follow(ListingBatch batch)
    {
        if (batch.PrevSeq == 0)
            return Assemble(new ListingVersion(batch.ListId, _rules), batch);
        if (_unfinished?.IsContinuedBy(batch) == true)
            return Assemble(_unfinished, batch);
        if (!_current.IsContinuedBy(batch))
            return new Gap(Position);

        // What only this list has may be one entry too many.
        _unfinished = null;
        return _current.Apply(batch) is var result && result is Refused { Reason: var clash } ? new Diverged(clash) : result;
    }

    private ApplyResult Assemble(ListingVersion snapshot, ListingBatch batch)
    {
        var result = snapshot.Apply(batch);

        // Nothing that is here went into a snapshot: to ask for another one would bring the same.
        if (result is Diverged { Reason: var reason })
            return new Refused(reason);
        if (result is not Applied)
            return result;

        if (batch.More && _rules.WaitsForWholeSnapshots)
        {
            _unfinished = snapshot;
            return new Applied([]) { IsUnfinished = true };
        }

        var changes = _current.ChangesTo(snapshot);
        var begins = snapshot.ListId != _current.ListId;
        (_current, _unfinished) = (snapshot, null);
        return new Applied(changes) { BeginsList = begins };
    }
}
