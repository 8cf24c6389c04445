using P2PNode.Core;
using P2PNode.Core.Catalogue;
using static P2PNode.Tests.Simulation.Listings.ListingHistory;

namespace P2PNode.Tests.Simulation.Listings;

/// <summary>One owner's listing in one node's catalogue, with an eye on every batch that is applied to it.</summary>
internal sealed class WatchedReplica(NodeId at, NodeId owner, FileCatalogue catalogue, Cluster cluster)
{
    private (ulong ListId, long Seq)? _unfinished;
    private ListingPosition _reached;

    /// <summary>The owner or another node is asked anew, and may have less.</summary>
    public void Restart()
    {
        catalogue.Restart(owner);
        (_unfinished, _reached) = (null, default);
    }

    public ApplyResult Apply(NodeId from, ListingBatch batch)
    {
        var before = catalogue.PositionOf(owner);
        var result = catalogue.Apply(batch);
        var after = catalogue.PositionOf(owner);
        if (result is Applied)
            Applied(from, batch, before, after);
        else
            NotApplied(result, before, after);
        return result;
    }

    private void Applied(NodeId from, ListingBatch batch, ListingPosition before, ListingPosition after)
    {
        var snapshot = batch.PrevSeq == 0 || _unfinished == (batch.ListId, batch.PrevSeq);
        Demand(
            snapshot || (before.ListId, before.Seq) == (batch.ListId, batch.PrevSeq),
            $"node {at} applied a gap in the list of node {owner}, from {before.Seq} to {batch.PrevSeq}");
        Demand(batch.ListId != 0 || before.ListId == 0, $"node {at} gave up the list of node {owner} for no list");
        _unfinished = snapshot && batch.More ? (batch.ListId, batch.LastSeq) : null;
        if (batch.More)
            cluster.Count(snapshot ? Happening.LongSnapshot : Happening.LongChange);
        if (batch.More && snapshot)
            Demand(after == before, $"node {at} took a snapshot of node {owner} before it was whole");
        else
            Moved(from, batch, before, after);
    }

    private void Moved(NodeId from, ListingBatch batch, ListingPosition before, ListingPosition after)
    {
        var goesBack = (after.ListId == _reached.ListId && after.Seq < _reached.Seq)
            || (from == owner && after.ListId == before.ListId && after.Seq < before.Seq);
        Demand(!goesBack, $"node {at} went back in the list of node {owner}, from {before.Seq} to {after.Seq}");
        _reached = after;
        if (batch.Digest is null)
            cluster.History.Between(owner, after);
        cluster.History.IsTrue(at, owner, after, catalogue.EntriesOf(owner));
    }

    private void NotApplied(ApplyResult result, ListingPosition before, ListingPosition after)
    {
        Demand(before == after, $"node {at} changed the list of node {owner} by a batch that it did not apply");
        if (result is Gap)
        {
            cluster.Count(Happening.Gap);
            return;
        }

        _unfinished = null;
        cluster.Count(Happening.Divergence);
        Demand(cluster.History.HasTornBatches, $"node {at} did not take a whole batch of node {owner}: {result}");
    }
}
