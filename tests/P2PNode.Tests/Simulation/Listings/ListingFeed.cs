using P2PNode.Core.Catalogue;

namespace P2PNode.Tests.Simulation.Listings;

/// <summary>Sends one listing over one link, a batch at a time, as <c>ListingFeeds</c> does in the product.</summary>
internal abstract class ListingFeed(Action<ListingBatch, Action> send)
{
    private bool _busy;

    /// <summary>Sends the next batch unless one is under way; when that has arrived, the one after it.</summary>
    public void Go()
    {
        if (_busy || Next() is not { } batch)
            return;
        _busy = true;
        send(batch, () =>
        {
            _busy = false;
            Go();
        });
    }

    protected abstract ListingBatch? Next();
}

/// <summary>The node's own listing, and every later change.</summary>
internal sealed class OwnFeed(Listing listing, ListingPosition have, Action<ListingBatch, Action> send) : ListingFeed(send)
{
    private IEnumerator<ListingBatch>? _batches = listing.After(have).GetEnumerator();
    private (ulong ListId, long Seq) _sent;

    protected override ListingBatch? Next()
    {
        if (_batches is null && _sent != (listing.ListId, listing.Position.Seq))
            _batches = listing.After(have).GetEnumerator();
        if (_batches?.MoveNext() == true)
        {
            var batch = _batches.Current;
            (have, _sent) = (new(batch.ListId, batch.LastSeq, batch.Digest ?? default), (batch.ListId, batch.LastSeq));
            return batch;
        }

        var ended = _batches is not null;
        _batches = null;
        return ended ? Next() : null;
    }
}

/// <summary>What this node knows of another owner's listing, and every later batch that it applies.</summary>
internal sealed class KnownFeed(Func<Listing> copy, ListingPosition have, Action<Happening> count, Action<ListingBatch, Action> send) : ListingFeed(send)
{
    /// <summary>Fewer than in the product, so that a subscriber that falls behind is no rare thing.</summary>
    private readonly ListingRelay _relay = new(have, maxWaiting: 2);

    public void Follow(ListingBatch batch, Applied applied)
    {
        count(Happening.Relay);
        var began = !_relay.NeedsCopy;
        _relay.Follow(batch, applied);
        if (began && _relay.NeedsCopy)
            count(applied.Continues ? Happening.SlowSubscriber : Happening.RelayBegunAnew);
        if (began)
            Go();
    }

    protected override ListingBatch? Next()
    {
        if (_relay.NeedsCopy)
            _relay.Begin(copy());
        return _relay.Next();
    }
}
