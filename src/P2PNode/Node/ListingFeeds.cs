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

    /// <summary>
    /// To begin anew what is known of another owner takes a copy of all of it; whoever asks for that more often waits. An
    /// honest subscriber may ask several times for one reason, and only the last one counts.
    /// </summary>
    private static readonly TimeSpan BetweenCopies = TimeSpan.FromSeconds(1);

    private readonly NodeId _self;
    private readonly OwnListing _own;
    private readonly NetworkCatalogue _catalogue;
    private readonly TaskGroup _tasks = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<Link, Dictionary<NodeId, Feed>> _feeds = [];
    private readonly TimeProvider _clock;

    public ListingFeeds(NodeId self, OwnListing own, NetworkCatalogue catalogue, TimeProvider clock)
    {
        (_self, _own, _catalogue, _clock) = (self, own, catalogue, clock);
        catalogue.Applied += Relay;
    }

    /// <param name="Stop">Ends the feed.</param>
    /// <param name="Relay">What it sends of another owner's listing; guarded by the gate of all feeds.</param>
    /// <param name="Due">Set when there is more.</param>
    /// <param name="Begins">When it is to begin, as a timestamp.</param>
    private sealed record Feed(CancellationTokenSource Stop, ListingRelay Relay, Signal Due, long Begins);

    public Task RunAsync(CancellationToken stop) => _tasks.RunAsync(stop);

    /// <summary>Sends a listing over a link from a position on, and every later change, until the link ends.</summary>
    /// <exception cref="PeerException">No correct peer asks for so many.</exception>
    public void Start(Link link, NodeId owner, ListingPosition have)
    {
        Feed? earlier;
        Feed feed;
        lock (_gate)
        {
            if (!_feeds.TryGetValue(link, out var ofLink))
                _feeds.Add(link, ofLink = []);
            if (!ofLink.TryGetValue(owner, out earlier) && ofLink.Count == NodeId.MostInNetwork)
                throw PeerException.Violation($"it asks for the listings of more than {NodeId.MostInNetwork} nodes");
            var begins = _clock.GetTimestamp();
            if (earlier is not null && owner != _self)
                begins = Math.Max(begins, earlier.Begins + (long)(BetweenCopies.TotalSeconds * _clock.TimestampFrequency));
            feed = ofLink[owner] = new Feed(new CancellationTokenSource(), new ListingRelay(have, MaxBatches), new Signal(), begins);
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
                if (_feeds.TryGetValue(link, out var ofLink) && ofLink.GetValueOrDefault(owner) == feed)
                    ofLink.Remove(owner);
                if (ofLink?.Count == 0)
                    _feeds.Remove(link);
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
        if (_clock.GetElapsedTime(_clock.GetTimestamp(), feed.Begins) is var pause && pause > TimeSpan.Zero)
            await Task.Delay(pause, _clock, stop);
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
            foreach (var ofLink in _feeds.Values)
            {
                if (batch.Owner == _self || !ofLink.TryGetValue(batch.Owner, out var feed))
                    continue;
                feed.Relay.Follow(batch, applied);
                feed.Due.Set();
            }
        }
    }
}
