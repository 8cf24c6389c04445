using System.Collections.Immutable;
using P2PNode.Core.Catalogue;
using Serilog;

namespace P2PNode.Files;

/// <summary>Numbers the changes that are ready, keeps them, and only then hands them on.</summary>
internal sealed class Publication(ListingStore listing, ReadyChanges ready, ILogger log)
{
    private const int MostInBatch = 1000;

    /// <summary>While more is on its way, small batches are put together for so long.</summary>
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    private TimeSpan _notBefore;
    private TimeSpan _retryAt;
    private TimeSpan? _scanEnded;

    public TimeSpan NextDue => ready.Count == 0 ? TimeSpan.MaxValue : _notBefore > _retryAt ? _notBefore : _retryAt;

    /// <summary>A scan of the whole space ended; the last batch of what it found is to say so.</summary>
    public void EndScan(TimeSpan now) => _scanEnded = now;

    /// <param name="now">The time.</param>
    /// <param name="isMoreComing">Whether files are being hashed.</param>
    /// <param name="isSettling">
    /// Whether files wait to stand still: the end of a scan is not told before those that it met could do so. Later ones do
    /// not put it off.
    /// </param>
    /// <param name="onChanges">Given each batch in turn.</param>
    /// <param name="stop">Ends the wait for <paramref name="onChanges"/>.</param>
    public async ValueTask PublishAsync(
        TimeSpan now, bool isMoreComing, bool isSettling, Func<OwnChanges, CancellationToken, ValueTask> onChanges, CancellationToken stop)
    {
        var isComplete = _scanEnded is { } ended && !isMoreComing && (!isSettling || now >= ended + SettleQueue.Still);
        if (ready.Count == 0 && !isComplete || now < _retryAt)
            return;
        if (now < _notBefore && isMoreComing && ready.Count < MostInBatch)
            return;
        do
        {
            var batch = ready.Take(MostInBatch);
            if (Number(batch, now) is not { } entries)
                return;
            ready.Published(batch);
            var endsScan = isComplete && ready.Count == 0;
            if (endsScan)
                _scanEnded = null;
            await onChanges(new OwnChanges(entries, endsScan), stop);
        }
        while (ready.Count > 0);
        _notBefore = now + Gather;
    }

    /// <summary>Null where the disk refuses to keep the changes, which then must not be published.</summary>
    private ImmutableArray<FileEntry>? Number(List<OwnChange> batch, TimeSpan now)
    {
        try
        {
            return batch.Count == 0 ? [] : listing.Append(batch);
        }
        catch (IOException e)
        {
            log.ListingNotSaved(e, RetryAfter);
            _retryAt = now + RetryAfter;
            return null;
        }
    }
}
