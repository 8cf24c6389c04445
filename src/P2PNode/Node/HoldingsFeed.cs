using P2PNode.Core;
using P2PNode.Protocol;
using P2PNode.Transport;
using Wire = P2PNode.Protocol.Messages;

namespace P2PNode.Node;

/// <summary>
/// Tells the leader which copies of others' files this node keeps, so that they can be had here when their owner is
/// away; all of them when a leader is new, later what changes. Thread-safe.
/// </summary>
internal sealed class HoldingsFeed(Func<IEnumerable<Wire.Holding>> all, LinkTable links, NetworkCatalogue catalogue, ElectionDriver election) : IDisposable
{
    /// <summary>A path has up to 1,024 bytes; so many rows stay below the limit of a frame.</summary>
    private const int RowsOfOneFrame = 50;

    private readonly TaskGroup _tasks = new();
    private readonly Lock _gate = new();
    private Link? _told;

    public Task RunAsync(CancellationToken stop) => _tasks.RunAsync(stop);

    /// <summary>Tells a leader that has not been told.</summary>
    public void Review()
    {
        Link link;
        lock (_gate)
        {
            if (election.Now is not { Leads: false, Leader: { } leader } || links.Find(leader) is not { } toLeader || toLeader == _told)
                return;
            link = _told = toLeader;
        }

        _ = _tasks.Start(stop => SendAsync(link, all(), stop));
    }

    /// <summary>Tells the leader that copies came or went.</summary>
    public void Tell(IReadOnlyCollection<Wire.Holding> added, IReadOnlyCollection<Wire.Holding> removed)
    {
        Link? link;
        lock (_gate)
            link = _told;
        if (link is null || election.Now is not { Leads: false, Leader: { } leader } || link.Peer.Id != leader)
            return;
        foreach (var rows in added.Chunk(RowsOfOneFrame))
            link.TrySend(FrameType.Holdings, new Wire.Holdings { Added = { rows } });
        foreach (var rows in removed.Chunk(RowsOfOneFrame))
            link.TrySend(FrameType.Holdings, new Wire.Holdings { Removed = { rows } });
    }

    /// <summary>A peer says what it holds.</summary>
    /// <exception cref="PeerException">No correct peer says this.</exception>
    public void Take(NodeId holder, Wire.Holdings holdings)
    {
        foreach (var row in holdings.Added)
            catalogue.SetHolder(CatalogueMapping.Node(row.Owner), CatalogueMapping.Path(row.Path), CatalogueMapping.Root(row.Root), holder);
        foreach (var row in holdings.Removed)
            catalogue.RemoveHolder(CatalogueMapping.Node(row.Owner), CatalogueMapping.Path(row.Path), holder);
    }

    public static Wire.Holding Row(NodeId owner, FilePath path, ContentRoot root) =>
        new() { Owner = owner.Value, Path = path.Value, Root = CatalogueMapping.Bytes(root) };

    public void Dispose() => _tasks.Dispose();

    private static async Task SendAsync(Link link, IEnumerable<Wire.Holding> rows, CancellationToken stop)
    {
        try
        {
            foreach (var some in rows.Chunk(RowsOfOneFrame))
                await link.SendAsync(FrameType.Holdings, new Wire.Holdings { Added = { some } }, stop);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return; // The link ended; the next one is told anew.
        }
    }
}
