using P2PNode.Core;
using P2PNode.Core.Catalogue;

namespace P2PNode.Tests.Simulation.Listings;

/// <summary>
/// An owner's listing with its numbers and its log: what <c>ListingStore</c> and <c>OwnListing</c> are in the product,
/// with the product's own <see cref="Listing"/> and <see cref="SeqReserve"/> inside.
/// </summary>
internal sealed class OwnerStore
{
    private readonly SimulatedNode _node;
    private readonly Cluster _cluster;
    private readonly ListingLog _log;
    private SeqReserve _reserve;

    public OwnerStore(SimulatedNode node, Cluster cluster)
    {
        (_node, _cluster, _log) = (node, cluster, node.Disk.Listing);
        if (!_log.Records.OfType<ListBegins>().Any())
            node.Do(() => _log.Rewrite([new ListBegins((ulong)cluster.Dice.NextInt64(1, long.MaxValue))]));

        var (highest, entries) = (0L, new Dictionary<FilePath, FileEntry>());
        foreach (var entry in _log.Records.OfType<FileEntry>())
        {
            highest = entry.Seq;
            entries.Remove(entry.Path);
            if (entry.Kind is not EntryKind.Removed)
                entries.Add(entry.Path, entry);
        }

        var reserved = _log.Records.OfType<SeqReserve>().LastOrDefault();
        var lastSeq = reserved.LastUsed(highest, closed: false);
        _reserve = new SeqReserve(lastSeq);
        Listing = new Listing(node.Id, _log.Records.OfType<ListBegins>().First().ListId, lastSeq, entries.Values);
        Reserve(1);
        cluster.History.Stood(Listing);
    }

    public Listing Listing { get; }

    /// <summary>Brings the list nearer to what lies in the folder; what is not noticed now is next time.</summary>
    /// <returns>Whether anything changed.</returns>
    public bool Follow(UserFolder folder)
    {
        var changes = Listing.Entries.Where(entry => !folder.Items.ContainsKey(entry.Path))
            .Select(entry => new FileEntry { Path = entry.Path, Kind = EntryKind.Removed })
            .Concat(folder.Items.Where(item => !IsListed(item.Key, item.Value)).Select(item => Entry(item.Key, item.Value)))
            .ToArray();
        if (changes.Length == 0)
            return false;
        _cluster.Dice.Shuffle(changes);
        Reserve(2 * changes.Length + Listing.Count);
        foreach (var change in changes)
            Number(change);
        _cluster.History.Stood(Listing);
        return true;
    }

    private void Number(FileEntry change)
    {
        if (change.Kind is EntryKind.Removed && !Listing.TryGet(change.Path, out _))
            return; // It was in the way of another change.
        if (change.Kind is not EntryKind.Removed)
        {
            foreach (var obstacle in Listing.InTheWayOf(change.Path, change.Kind))
                Keep(new FileEntry { Path = obstacle.Path, Kind = EntryKind.Removed, Seq = Listing.NextSeq });
        }

        Keep(change with { Seq = Listing.NextSeq });
    }

    private void Keep(FileEntry numbered)
    {
        _node.Do(() => _log.Append(numbered));
        _cluster.History.Numbered(Listing, numbered);
        Listing.Take(numbered);
    }

    private void Reserve(int count)
    {
        var reserve = _reserve.ExtendedTo(Listing.NextSeq + count);
        if (reserve == _reserve)
            return;
        if (_cluster.Mutation.ReservesNumbers)
        {
            _node.Do(() => _log.Append(reserve));
            _node.Do(_log.Sync);
        }

        _reserve = reserve;
    }

    private bool IsListed(FilePath path, int? content) =>
        Listing.TryGet(path, out var entry) && (entry.Kind, entry.Size, entry.MtimeTicks, entry.Root) == UserFolder.Describe(content);

    private static FileEntry Entry(FilePath path, int? content)
    {
        var (kind, size, mtime, root) = UserFolder.Describe(content);
        return new FileEntry { Path = path, Kind = kind, Size = size, MtimeTicks = mtime, Root = root };
    }
}
