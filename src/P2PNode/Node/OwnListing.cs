using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Files;

namespace P2PNode.Node;

/// <summary>What this node offers, for one writer and any number of subscribers.</summary>
internal sealed class OwnListing(NodeId self, ListingStore store)
{
    private readonly Lock _gate = new();
    private readonly Listing _listing = new(self, store.ListId, store.LastSeq, store.Snapshot());
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Takes changes that are numbered and kept; they may be published when this returns.</summary>
    public void Take(OwnChanges changes)
    {
        if (changes.Entries.IsEmpty)
            return;
        TaskCompletionSource changed;
        lock (_gate)
        {
            foreach (var entry in changes.Entries)
                _listing.Take(entry);
            (changed, _changed) = (_changed, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        changed.SetResult();
    }

    /// <summary>What a subscriber at a position misses; see <see cref="Listing.After"/>.</summary>
    public IEnumerable<ListingBatch> After(ListingPosition have)
    {
        using var batches = _listing.After(have).GetEnumerator();
        while (true)
        {
            lock (_gate)
            {
                if (!batches.MoveNext())
                    yield break;
            }

            yield return batches.Current;
        }
    }

    /// <summary>Returns when the listing is no longer at a position.</summary>
    public Task ChangeAsync(ListingPosition known, CancellationToken stop)
    {
        lock (_gate)
            return (_listing.ListId, _listing.Position.Seq) != (known.ListId, known.Seq) ? Task.CompletedTask : _changed.Task.WaitAsync(stop);
    }
}
