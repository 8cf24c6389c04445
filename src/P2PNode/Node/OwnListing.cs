using P2PNode.Core.Catalogue;
using P2PNode.Files;

namespace P2PNode.Node;

/// <summary>What this node offers, for any number of subscribers.</summary>
internal sealed class OwnListing(ListingStore store)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether all that was in the folder is listed since the node began.</summary>
    public bool IsScanned
    {
        get
        {
            lock (_gate)
                return field;
        }
        private set;
    }

    /// <summary>Says that there are new changes, numbered and kept.</summary>
    /// <param name="endsScan">Whether all that is in the folder is listed with them.</param>
    public void Publish(bool endsScan)
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            IsScanned |= endsScan;
            (changed, _changed) = (_changed, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        changed.SetResult();
    }

    /// <summary>What a subscriber at a position misses; see <see cref="Listing.After"/>.</summary>
    public IEnumerable<ListingBatch> After(ListingPosition have) => store.After(have);

    /// <summary>Returns when the listing is no longer at a position, or a subscriber must hear that the folder is scanned.</summary>
    public Task ChangeAsync(ListingPosition known, bool knownAsScanned, CancellationToken stop)
    {
        Task changed;
        lock (_gate)
            changed = _changed.Task;
        return store.Position == known && knownAsScanned == IsScanned ? changed.WaitAsync(stop) : Task.CompletedTask;
    }
}
