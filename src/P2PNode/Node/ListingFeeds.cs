using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Protocol;
using P2PNode.Transport;

namespace P2PNode.Node;

/// <summary>
/// Sends listings to those who ask: this node's own, and what it knows of others' to those who stand in for the leader.
/// One feed for each link and owner, as fast as the link takes it. Thread-safe.
/// </summary>
internal sealed class ListingFeeds : IDisposable
{
    /// <summary>Batches that wait for a slow subscriber; when more come, it gets all anew.</summary>
    private const int MaxBatches = 64;

    private readonly NodeId _self;
    private readonly OwnListing _own;
    private readonly NetworkCatalogue _catalogue;
    private readonly TaskGroup _tasks = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<(Link Link, NodeId Owner), Feed> _feeds = [];

    public ListingFeeds(NodeId self, OwnListing own, NetworkCatalogue catalogue)
    {
        (_self, _own, _catalogue) = (self, own, catalogue);
        catalogue.Applied += Relay;
    }

    /// <param name="Stop">Ends the feed.</param>
    /// <param name="Relay">What it sends of another owner's listing; guarded by the gate of all feeds.</param>
    /// <param name="Due">Set when there is more.</param>
    private sealed record Feed(CancellationTokenSource Stop, ListingRelay Relay, Signal Due);

    public Task RunAsync(CancellationToken stop) => _tasks.RunAsync(stop);

    /// <summary>Sends a listing over a link from a position on, and every later change, until the link ends.</summary>
    public void Start(Link link, NodeId owner, ListingPosition have)
    {
        var feed = new Feed(new CancellationTokenSource(), new ListingRelay(have, MaxBatches), new Signal());
        Feed? earlier;
        lock (_gate)
        {
            _feeds.Remove((link, owner), out earlier);
            _feeds.Add((link, owner), feed);
        }

        _ = earlier?.Stop.CancelAsync();
        _ = _tasks.Start(stop => RunAsync(link, owner, have, feed, stop));
    }

    public void Dispose() => _tasks.Dispose();

    private async Task RunAsync(Link link, NodeId owner, ListingPosition have, Feed feed, CancellationToken stop)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, feed.Stop.Token, link.Closing);
        try
        {
            await (owner == _self ? SendOwnAsync(link, have, either.Token) : SendKnownAsync(link, owner, feed, either.Token));
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // The link ended, or the subscriber asked anew: another feed has taken over.
            lock (_gate)
            {
                if (_feeds.GetValueOrDefault((link, owner)) == feed)
                    _feeds.Remove((link, owner));
            }
        }
    }

    private async Task SendOwnAsync(Link link, ListingPosition have, CancellationToken stop)
    {
        while (true)
        {
            var isScanned = _own.IsScanned; // Looked at first: what the scan found is then among what follows.
            foreach (var batch in _own.After(have))
            {
                await link.SendAsync(FrameType.ListingBatch, CatalogueMapping.ToWire(batch with { Scanning = !isScanned }), stop);
                have = new ListingPosition(batch.ListId, batch.LastSeq, batch.Digest ?? default);
            }

            await _own.ChangeAsync(have, isScanned, stop);
        }
    }

    private async Task SendKnownAsync(Link link, NodeId owner, Feed feed, CancellationToken stop)
    {
        while (true)
        {
            if (feed.Relay.NeedsCopy)
                _catalogue.UseCopyOf(owner, (copy, isScanning) => Begin(feed, copy, isScanning));
            while (Next(feed) is { } batch)
                await link.SendAsync(FrameType.ListingBatch, CatalogueMapping.ToWire(batch), stop);
            await feed.Due.WaitAsync(stop);
        }
    }

    private void Begin(Feed feed, Listing copy, bool isScanning)
    {
        lock (_gate)
            feed.Relay.Begin(copy, isScanning);
    }

    private ListingBatch? Next(Feed feed)
    {
        lock (_gate)
            return feed.Relay.Next();
    }

    /// <summary>Called under the catalogue's lock, so that no batch falls between a copy and those that follow it.</summary>
    private void Relay(ListingBatch batch, Applied applied)
    {
        lock (_gate)
        {
            foreach (var ((_, owner), feed) in _feeds)
            {
                if (owner != batch.Owner || owner == _self)
                    continue;
                feed.Relay.Follow(batch, applied);
                feed.Due.Set();
            }
        }
    }
}
