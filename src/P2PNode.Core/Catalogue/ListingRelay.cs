namespace P2PNode.Core.Catalogue;

/// <summary>
/// Sends a listing on that this node has from elsewhere: first what a subscriber misses of it, then each batch that
/// continues it. After anything else, a snapshot say, or when too many wait, it begins again with what is here then. Not
/// safe for concurrent use.
/// </summary>
/// <param name="have">Where the subscriber stands.</param>
/// <param name="maxWaiting">How many batches may wait for a slow subscriber.</param>
public sealed class ListingRelay(ListingPosition have, int maxWaiting)
{
    private readonly Queue<ListingBatch> _waiting = new();

    /// <summary>What is still to be sent of the copy, and holds on to it.</summary>
    private IEnumerator<ListingBatch>? _missed;
    private ListingPosition _have = have;
    private bool _isScanning;

    /// <summary>Whether to <see cref="Begin"/>, first or anew, for there is more to send than what is here.</summary>
    public bool NeedsCopy { get; private set; } = true;

    /// <summary>Begins with a copy of the listing; every batch that is applied to the listing after it must be told.</summary>
    /// <param name="copy">What is known of the listing.</param>
    /// <param name="isScanning">Whether its owner has yet to look through its folder.</param>
    public void Begin(Listing copy, bool isScanning = false) =>
        (_missed, _isScanning, NeedsCopy) = (copy.After(_have).GetEnumerator(), isScanning, false);

    /// <summary>A batch was applied to the listing here.</summary>
    public void Follow(ListingBatch batch, Applied applied)
    {
        if (NeedsCopy || applied.IsUnfinished)
            return;
        if (applied.Continues && _waiting.Count < maxWaiting)
        {
            _waiting.Enqueue(batch);
            return;
        }

        _waiting.Clear();
        (_missed, NeedsCopy) = (null, true);
    }

    /// <summary>What to send next; null if there is nothing now.</summary>
    public ListingBatch? Next()
    {
        if (_missed?.MoveNext() == false)
            _missed = null;
        var next = _missed is not null ? _missed.Current with { Scanning = _isScanning } : _waiting.TryDequeue(out var waiting) ? waiting : null;
        if (next is not null)
            _have = new ListingPosition(next.ListId, next.LastSeq, next.Digest ?? default);
        return next;
    }
}
