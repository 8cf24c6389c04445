using System.Threading.Channels;
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
    /// <summary>Batches that wait for a slow subscriber; when more come, it will see a gap and ask anew.</summary>
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
        catalogue.Applied += (batch, _) => Relay(batch);
    }

    private sealed record Feed(CancellationTokenSource Stop, Channel<ListingBatch> Batches);

    public Task RunAsync(CancellationToken stop) => _tasks.RunAsync(stop);

    /// <summary>Sends a listing over a link from a position on, and every later change, until the link ends.</summary>
    public void Start(Link link, NodeId owner, ListingPosition have)
    {
        var batches = Channel.CreateBounded<ListingBatch>(new BoundedChannelOptions(MaxBatches) { FullMode = BoundedChannelFullMode.DropWrite });
        var feed = new Feed(new CancellationTokenSource(), batches);
        lock (_gate)
        {
            if (_feeds.Remove((link, owner), out var earlier))
                earlier.Stop.Cancel();
            _feeds.Add((link, owner), feed);
        }

        _ = _tasks.Start(stop => RunAsync(link, owner, have, feed, stop));
    }

    public void Dispose() => _tasks.Dispose();

    private async Task RunAsync(Link link, NodeId owner, ListingPosition have, Feed feed, CancellationToken stop)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, feed.Stop.Token);
        var cut = link.Ended.ContinueWith(_ => feed.Stop.Cancel(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        try
        {
            await (owner == _self ? SendOwnAsync(link, have, either.Token) : SendKnownAsync(link, owner, have, feed, either.Token));
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
            foreach (var batch in _own.After(have))
            {
                await link.SendAsync(FrameType.ListingBatch, CatalogueMapping.ToWire(batch), stop);
                have = new ListingPosition(batch.ListId, batch.LastSeq, batch.Digest ?? default);
            }

            await _own.ChangeAsync(have, stop);
        }
    }

    private async Task SendKnownAsync(Link link, NodeId owner, ListingPosition have, Feed feed, CancellationToken stop)
    {
        // What was applied since the feed was entered waits in its channel; what the copy holds of it is a repetition
        // that the subscriber would refuse, so it is left out.
        var known = _catalogue.CopyOf(owner);
        var at = known.Position;
        foreach (var batch in known.After(have))
            await link.SendAsync(FrameType.ListingBatch, CatalogueMapping.ToWire(batch), stop);
        await foreach (var batch in feed.Batches.Reader.ReadAllAsync(stop))
        {
            if (batch.IsPartOf(at))
                continue;
            await link.SendAsync(FrameType.ListingBatch, CatalogueMapping.ToWire(batch), stop);
        }
    }

    private void Relay(ListingBatch batch)
    {
        lock (_gate)
        {
            foreach (var ((_, owner), feed) in _feeds)
            {
                if (owner == batch.Owner && owner != _self)
                    feed.Batches.Writer.TryWrite(batch);
            }
        }
    }
}
