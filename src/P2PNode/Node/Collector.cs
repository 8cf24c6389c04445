using System.Collections.Immutable;
using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Files;
using P2PNode.Protocol;
using P2PNode.Transfer;
using P2PNode.Transport;
using Serilog;

namespace P2PNode.Node;

/// <summary>
/// Has this node keep a copy of everything while it leads, or is otherwise one of those who do: one collection for each
/// owner, fed with every change of its listing. Thread-safe.
/// </summary>
internal sealed class Collector : ICollecting, IDisposable
{
    /// <summary>More files than this in one group are told in one line (design 2.4).</summary>
    private const int RowsTold = 50;

    private readonly NodeId _self;
    private readonly CopyStore _store;
    private readonly PieceLayers _layers;
    private readonly KnownLists _lists;
    private readonly NetworkCatalogue _catalogue;
    private readonly CatalogueSync _sync;
    private readonly HoldingsFeed _holdings;
    private readonly ElectionDriver _election;
    private readonly Roster _roster;
    private readonly Greeter _greeter;
    private readonly RateLimit _down;
    private readonly TransferBoard _transfers;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly TaskGroup _tasks = new();
    private readonly UncollectedFiles _uncollected;

    /// <summary>Taken under the catalogue's lock, so that nothing may ask the catalogue under it.</summary>
    private readonly Lock _gate = new();
    private readonly Dictionary<NodeId, OwnerCollection> _collections = [];
    private CancellationTokenSource? _active;

    public Collector(
        NodeId self,
        CopyStore store,
        PieceLayers layers,
        KnownLists lists,
        NetworkCatalogue catalogue,
        CatalogueSync sync,
        HoldingsFeed holdings,
        ElectionDriver election,
        Roster roster,
        Greeter greeter,
        RateLimit down,
        TransferBoard transfers,
        TimeProvider clock,
        ILogger log)
    {
        (_self, _store, _layers, _lists, _catalogue, _sync, _holdings) = (self, store, layers, lists, catalogue, sync, holdings);
        (_election, _roster, _greeter, _down, _transfers, _clock, _log) = (election, roster, greeter, down, transfers, clock, log);
        _uncollected = new UncollectedFiles(_tasks, clock, log);
        catalogue.Applied += OnApplied;
        store.Lost += OnLost;
    }

    /// <summary>What is not in place yet, of all owners.</summary>
    public ImmutableArray<(NodeId Owner, Pending Pending)> Pending
    {
        get
        {
            lock (_gate)
                return _active is null ? [] : [.. _collections.Select(pair => (pair.Key, pair.Value.Pending))];
        }
    }

    /// <summary>The same of one owner; null while nothing of it is collected.</summary>
    public Pending? PendingOf(NodeId owner)
    {
        lock (_gate)
            return _active is not null && _collections.TryGetValue(owner, out var collection) ? collection.Pending : null;
    }

    public Task RunAsync(CancellationToken stop) => _tasks.RunAsync(stop);

    /// <summary>Begins or ends to keep copies, as the leadership and the members now are.</summary>
    public void Review()
    {
        CancellationTokenSource? ended;
        lock (_gate)
        {
            if (_sync.KeepsCopies == _active is not null)
                return;
            ended = _active;
            _active = ended is null ? new CancellationTokenSource() : null;
            if (ended is not null)
                _collections.Clear();
        }

        if (ended is not null)
        {
            _ = ended.CancelAsync(); // Not under the gate, and not here: what was waiting goes on in the call that cancels it.
            return;
        }

        foreach (var owner in _catalogue.Owners)
            Of(owner);
    }

    public IReadOnlyList<NodeId> HoldersOf(NodeId owner, FileEntry entry)
    {
        IEnumerable<NodeId> holders = _catalogue.TryGet(owner, entry.Path, out var row) && row.Entry.Root == entry.Root ? row.Holders : [owner];
        IReadOnlyList<NodeId> alive = [.. holders.Where(id => id != _self && _roster.IsAlive(id)).OrderBy(id => id != owner)];

        // Who holds what is told to the leader alone, which has a copy of everything itself.
        return alive is [] && _election.Now is { Leads: false, Leader: { } leader } ? [leader] : alive;
    }

    public async Task<BulkClient?> ConnectAsync(NodeId holder, CancellationToken stop)
    {
        try
        {
            return await DialAsync(holder, stop);
        }
        catch (PeerException e)
        {
            _log.HolderLost(holder, e.Message);
            return null;
        }
    }

    /// <summary>Makes a bulk link to a holder.</summary>
    /// <exception cref="PeerException">There is none to be had, and why.</exception>
    public async Task<BulkClient> DialAsync(NodeId holder, CancellationToken stop)
    {
        var address = _roster.AddressOf(holder) ?? throw new PeerException(PeerFault.Unreachable, $"the address of node {holder} is not known");
        return new BulkClient(await _greeter.DialBulkAsync(address, holder, stop), _clock, _down);
    }

    public void Stored(NodeId owner, IReadOnlyList<FileEntry> files, bool anew)
    {
        foreach (var file in files)
            _catalogue.SetHolder(owner, file.Path, file.Root, _self);
        _holdings.Tell([.. files.Select(file => HoldingsFeed.Row(owner, file.Path, file.Root))], []);
        if (!anew || files.Count == 0)
            return;
        Renew(owner, [.. files.Where(file => _catalogue.EntryAt(owner, file.Path) is { } listed && listed.Root != file.Root).Select(file => file.Path)]);
        if (files.Count > RowsTold)
        {
            _log.CollectedMany(owner, files.Count, files.Sum(file => file.Size));
            return;
        }

        foreach (var file in files)
            _log.Collected(owner, file);
    }

    public void Removed(NodeId owner, IReadOnlyList<FilePath> paths) =>
        _holdings.Tell([], [.. paths.Select(path => HoldingsFeed.Row(owner, path, default))]);

    public void Failed(NodeId owner, IReadOnlyCollection<(FileEntry File, string Reason)> failures) => _uncollected.Add(owner, failures);

    public bool Continues(NodeId owner, ulong listId) => _lists.Continues(owner, listId);

    public void Followed(NodeId owner, ulong listId)
    {
        var kept = _store.CopiesOf(owner).Count(copy => copy.Seq == CopyStore.KeptSeq && _catalogue.EntryAt(owner, copy.Path) is null);
        if (kept > 0)
            _log.CopiesKept(owner, kept);
        try
        {
            _lists.Follow(owner, listId);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _log.KnownListNotSaved(owner, e.Message); // Until it is, more is kept than need be.
        }
    }

    public void Recalled(NodeId owner, FileEntry file, int pieces, int of) => _log.PiecesRecalled(owner, file, pieces, of);

    public void LinkLost(NodeId holder, PeerException reason)
    {
        if (reason.Fault is PeerFault.Violation)
            _log.HolderDropped(holder, reason.Message);
        else
            _log.HolderLost(holder, reason.Message);
    }

    public void Dispose() => _tasks.Dispose();

    /// <summary>Called under the catalogue's lock, in the order of an owner's batches.</summary>
    private void OnApplied(ListingBatch batch, Applied applied)
    {
        var changes = applied.Changes;
        if (batch.Owner == _self || Of(batch.Owner) is not { } collection)
            return;
        var isWhole = !batch.More && !batch.Scanning;
        if (changes.Length > 0)
            collection.Post(() => new ListChanges(changes, batch.ListId, IsWhole: false) { AreDeletions = !applied.BeginsList }, changes.Length);
        if (isWhole && !_lists.Continues(batch.Owner, batch.ListId))
            collection.Post(() => EndOfScan(batch.Owner, batch.ListId), 0);
    }

    /// <summary>Copies are no longer what they were: nobody is to ask for them here, and what is listed of them is fetched again.</summary>
    private void OnLost(NodeId owner, IReadOnlyList<FilePath> paths)
    {
        foreach (var path in paths)
            _catalogue.RemoveHolder(owner, path, _self);
        Removed(owner, paths);
        Renew(owner, paths);
    }

    /// <summary>Has these files looked at as they are listed now. Two downloads of one file may end in the wrong order.</summary>
    private void Renew(NodeId owner, IReadOnlyList<FilePath> paths)
    {
        if (paths.Count == 0)
            return;
        OwnerCollection? collection;
        lock (_gate)
            collection = _collections.GetValueOrDefault(owner);
        collection?.Restore(() => new ListChanges(ListedAt(owner, paths), _catalogue.PositionOf(owner).ListId, IsWhole: false), paths.Count);
    }

    private IEnumerable<EntryChange> ListedAt(NodeId owner, IEnumerable<FilePath> paths) =>
        paths.Select(path => _catalogue.EntryAt(owner, path)).OfType<FileEntry>().Select(entry => new EntryChange(null, entry));

    /// <summary>All that an owner lists, and the copies of what it does not.</summary>
    private ListChanges AllOf(NodeId owner)
    {
        var listId = _catalogue.PositionOf(owner).ListId;
        var isWhole = listId != 0 && _catalogue.CompleteAt(owner) is not null
            && (!_catalogue.IsScanning(owner) || _lists.Continues(owner, listId));
        var entries = _catalogue.EntriesOf(owner);
        var changes = entries.Select(entry => new EntryChange(null, entry));
        return new ListChanges(isWhole ? UnlistedOf(owner, entries).Concat(changes) : changes, listId, isWhole);
    }

    /// <summary>A new list is whole: what it lacks is settled now.</summary>
    private ListChanges EndOfScan(NodeId owner, ulong listId) => new(
        _lists.Continues(owner, listId) ? [] : UnlistedOf(owner, _catalogue.EntriesOf(owner)), listId, IsWhole: true);

    /// <summary>The copies of what is not listed.</summary>
    private IEnumerable<EntryChange> UnlistedOf(NodeId owner, IEnumerable<FileEntry> entries)
    {
        var listed = entries.Select(entry => entry.Path).ToHashSet();
        var unlisted = _store.CopiesOf(owner).Where(copy => copy.Seq > CopyStore.KeptSeq && !listed.Contains(copy.Path));
        return unlisted.Select(copy => new EntryChange(copy, null));
    }

    private OwnerCollection? Of(NodeId owner)
    {
        lock (_gate)
        {
            if (_active is null || owner == _self)
                return null;
            if (_collections.TryGetValue(owner, out var known))
                return known;
        }

        // The catalogue calls this under its lock, so that it must not be asked under the gate.
        var count = _catalogue.CountOf(owner);
        return Begin(owner, count);
    }

    /// <summary>The collection of an owner; begun unless another call was faster. Null when none is to be kept any more.</summary>
    private OwnerCollection? Begin(NodeId owner, int count)
    {
        lock (_gate)
        {
            if (_active is null)
                return null;
            if (_collections.TryGetValue(owner, out var collection))
                return collection;
            collection = new OwnerCollection(owner, _store, _layers, this, _clock);
            _collections.Add(owner, collection);

            // Before any change: what is absent from a list must be settled before the list counts as followed.
            collection.Post(() => AllOf(owner), count);
            var active = _active.Token;
            _ = _tasks.Start(async stop =>
            {
                using var ending = collection;
                using var shown = _transfers.Add(owner, () => collection.Transfers);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, active);
                await collection.RunAsync(either.Token);
            });
            return collection;
        }
    }
}
