using P2PNode.Core.Catalogue;
using P2PNode.Files;

namespace P2PNode.Node;

/// <summary>What this node offers, for any number of subscribers.</summary>
internal sealed class OwnListing(ListingStore store)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Says that there are new changes, numbered and kept.</summary>
    public void Publish()
    {
        TaskCompletionSource changed;
        lock (_gate)
            (changed, _changed) = (_changed, new(TaskCreationOptions.RunContinuationsAsynchronously));
        changed.SetResult();
    }

    /// <summary>What a subscriber at a position misses; see <see cref="Listing.After"/>.</summary>
    public IEnumerable<ListingBatch> After(ListingPosition have) => store.After(have);

    /// <summary>Returns when the listing is no longer at a position.</summary>
    public Task ChangeAsync(ListingPosition known, CancellationToken stop)
    {
        Task changed;
        lock (_gate)
            changed = _changed.Task;
        return store.Position == known ? changed.WaitAsync(stop) : Task.CompletedTask;
    }
}
