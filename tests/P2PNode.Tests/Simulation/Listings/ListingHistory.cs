using P2PNode.Core;
using P2PNode.Core.Catalogue;

namespace P2PNode.Tests.Simulation.Listings;

/// <summary>
/// What every list was at every number, over all lives of all owners; and the rules of design 5 that follow from it,
/// demanded of each number that is given, each batch that is sent and each batch that is applied.
/// </summary>
internal sealed class ListingHistory
{
    private readonly Dictionary<(NodeId Owner, ulong ListId, long Seq), FileEntry> _entries = [];
    private readonly Dictionary<(NodeId Owner, ulong ListId, long Seq), FileEntry[]> _lists = [];

    /// <summary>Where a replica stands between two batches that make one change: no list of the owner's, and known not to be.</summary>
    private readonly HashSet<(NodeId Owner, ListingPosition Position)> _between = [];

    /// <summary>Whether a fault has taken a batch, or an entry from a batch: only then may lists differ by more than age.</summary>
    public bool HasTornBatches { get; set; }

    public void Numbered(Listing listing, FileEntry entry) => Demand(
        _entries.TryAdd((listing.Owner, listing.ListId, entry.Seq), entry) || _entries[(listing.Owner, listing.ListId, entry.Seq)] == entry,
        $"number {entry.Seq} of list {listing.ListId} of node {listing.Owner} names two entries");

    public void Stood(Listing listing)
    {
        var key = (listing.Owner, listing.ListId, listing.Position.Seq);
        FileEntry[] entries = [.. listing.Entries];
        Demand(
            _lists.TryAdd(key, entries) || _lists[key].SequenceEqual(entries),
            $"number {key.Seq} of list {key.ListId} of node {key.Owner} names two lists");
    }

    public void Sent(NodeId by, ListingBatch batch)
    {
        foreach (var entry in batch.Entries)
        {
            Demand(
                _entries.TryGetValue((batch.Owner, batch.ListId, entry.Seq), out var known) && known == entry,
                $"node {by} sent an entry of node {batch.Owner} that is not number {entry.Seq} of list {batch.ListId}");
        }
    }

    /// <summary>Where a replica stands although a batch that led to it brought no digest.</summary>
    public void Between(NodeId owner, ListingPosition position) => _between.Add((owner, position));

    /// <summary>The replica holds exactly what its owner had at that number.</summary>
    public void IsTrue(NodeId at, NodeId owner, ListingPosition position, IEnumerable<FileEntry> entries)
    {
        if (_between.Contains((owner, position)))
            return;
        if (position.ListId == 0)
        {
            Demand(!entries.Any(), $"node {at} lists files of node {owner} that are of no list");
            return;
        }

        Demand(
            _lists.TryGetValue((owner, position.ListId, position.Seq), out var list) && list.SequenceEqual(entries),
            $"what node {at} lists of node {owner} is not its list {position.ListId} at {position.Seq}");
    }

    public static void Demand(bool holds, string otherwise)
    {
        if (!holds)
            throw new SimulationFailure(otherwise);
    }
}
