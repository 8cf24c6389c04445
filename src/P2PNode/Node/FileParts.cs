using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Files;
using P2PNode.Transfer;
using P2PNode.Transport;
using Serilog;
using Wire = P2PNode.Protocol.Messages;

namespace P2PNode.Node;

/// <summary>A running node's files: its own, the copies that it keeps, and what serves their bytes.</summary>
internal sealed class FileParts : IDisposable
{
    private readonly NodeId _self;
    private readonly NodeFolder _folder;
    private readonly Trash _trash;
    private readonly CopyReview _copyReview;
    private readonly RateLimit _up;
    private readonly BulkServer _bulk;

    public FileParts(NodeOptions options, NodeFolder folder, TimeProvider clock, ILogger log)
    {
        (_self, _folder) = (options.Id, folder);
        Listing = ListingStore.Open(folder, _self, log);
        Offered = new OwnListing(Listing);
        Layers = new PieceLayers(folder, log);
        Own = new OwnFiles(folder, Listing, Layers, clock, log);
        _trash = new Trash(folder, clock, new TrashLimits(), log);
        Copies = CopyStore.Open(folder, _trash, log);
        _copyReview = new CopyReview(Copies, clock);
        _up = new RateLimit(options.LimitUp);
        Down = new RateLimit(options.LimitDown);
        _bulk = new BulkServer(new NodeContent(_self, folder, Copies), Layers, _up, clock, log);
    }

    public ListingStore Listing { get; }

    public OwnListing Offered { get; }

    public OwnFiles Own { get; }

    public CopyStore Copies { get; }

    public PieceLayers Layers { get; }

    /// <summary>Bounds what comes in.</summary>
    public RateLimit Down { get; }

    /// <summary>The large files that are being given to others.</summary>
    public OutgoingFiles Outgoing => _bulk.Outgoing;

    /// <summary>What runs as long as the node.</summary>
    /// <param name="catalogue">Hears of the node's own files first.</param>
    public IEnumerable<Func<CancellationToken, Task>> Runs(NetworkCatalogue catalogue) =>
    [
        stop => OfferAsync(catalogue, stop),
        _copyReview.RunAsync,
        _trash.RunAsync,
        stop => Layers.RunAsync(All, stop),
    ];

    public Task ServeAsync(Connection connection, NodeId peer, CancellationToken stop) => _bulk.ServeAsync(connection, peer, stop);

    /// <inheritdoc cref="INodeQueries.Rescan"/>
    public void Rescan(bool acceptLoss)
    {
        if (acceptLoss && !_folder.Files.IsInPlace)
            throw new RescanRefusedException($"{_folder.Root} was moved away, replaced or unmounted since node {_self} began; put it back, or start the node again.");
        if (acceptLoss && !_folder.IsMarked)
            _folder.Mark();
        if (acceptLoss)
            Own.ConfirmRemovals();
        else
            Own.Rescan();
        _copyReview.Ask();
    }

    /// <summary>What this node keeps copies of it knows, though their owners may be away: files outlive who brought them.</summary>
    public void Restore(NetworkCatalogue catalogue)
    {
        foreach (var owner in Copies.Owners)
        {
            var listed = Copies.CopiesOf(owner).Where(copy => copy.Seq > CopyStore.KeptSeq);
            var entries = listed.Select((entry, i) => entry with { Seq = i + 1 }).ToList();
            var listing = new Listing(owner, listId: 0, entries.Count, entries);
            catalogue.Restore(owner, listing.Position, entries);
            foreach (var entry in entries)
                catalogue.SetHolder(owner, entry.Path, entry.Root, _self);
        }
    }

    /// <summary>The copies that this node holds, as others hear of them.</summary>
    public IEnumerable<Wire.Holding> Holdings() =>
        from owner in Copies.Owners
        from copy in Copies.CopiesOf(owner)
        where copy.Kind is EntryKind.File
        select HoldingsFeed.Row(owner, copy.Path, copy.Root);

    public void Dispose()
    {
        _up.Dispose();
        Down.Dispose();
        Own.Dispose();
        Copies.Dispose();
        Listing.Dispose();
    }

    private IEnumerable<FileEntry> All() => Listing.Snapshot().Concat(Copies.Owners.SelectMany(Copies.CopiesOf));

    private Task OfferAsync(NetworkCatalogue catalogue, CancellationToken stop) => Own.RunAsync(
        (changes, _) =>
        {
            Offered.Publish(changes.EndsScan);
            foreach (var batch in Offered.After(catalogue.PositionOf(_self)))
                catalogue.Apply(batch with { Scanning = !Offered.IsScanned });
            return ValueTask.CompletedTask;
        },
        stop);
}
