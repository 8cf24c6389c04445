using System.Threading.Channels;
using P2PNode.Core;
using P2PNode.Protocol;
using P2PNode.Transport;
using Wire = P2PNode.Protocol.Messages;

namespace P2PNode.Node;

/// <summary>
/// Tells the leader which copies of others' files this node keeps, so that they can be had here when their owner is
/// away; all of them when a leader is new, later what changes. Thread-safe.
/// </summary>
internal sealed class HoldingsFeed(Func<IEnumerable<Wire.Holding>> all, LinkTable links, NetworkCatalogue catalogue, ElectionDriver election, TimeProvider clock) : IDisposable
{
    /// <summary>A path has up to 1,024 bytes; so many rows stay below the limit of a frame.</summary>
    private const int RowsOfOneFrame = 50;

    private readonly TaskGroup _tasks = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<NodeId, Allowance> _anew = [];
    private Feed? _feed;

    public Task RunAsync(CancellationToken stop) => _tasks.RunAsync(stop);

    /// <summary>Tells a leader that has not been told.</summary>
    public void Review()
    {
        Feed feed;
        lock (_gate)
        {
            if (election.Now is not { Leads: false, Leader: { } leader } || links.Find(leader) is not { } toLeader || toLeader == _feed?.Link)
                return;
            _feed?.Changes.Writer.TryComplete();
            feed = _feed = new Feed(toLeader, Channel.CreateUnbounded<Wire.Holdings>(new() { SingleReader = true }));
        }

        _ = _tasks.Start(stop => SendAsync(feed, stop));
    }

    /// <summary>Tells the leader that copies came or went.</summary>
    public void Tell(IReadOnlyCollection<Wire.Holding> added, IReadOnlyCollection<Wire.Holding> removed)
    {
        lock (_gate)
        {
            if (_feed is not { Link.Closing.IsCancellationRequested: false } feed)
                return;
            foreach (var rows in added.Chunk(RowsOfOneFrame))
                feed.Changes.Writer.TryWrite(new Wire.Holdings { Added = { rows } });
            foreach (var rows in removed.Chunk(RowsOfOneFrame))
                feed.Changes.Writer.TryWrite(new Wire.Holdings { Removed = { rows } });
        }
    }

    /// <summary>A peer says what it holds.</summary>
    /// <exception cref="PeerException">No correct peer says this.</exception>
    public void Take(NodeId holder, Wire.Holdings holdings)
    {
        if (holdings.Anew)
            BeginAnew(holder);
        foreach (var row in holdings.Added)
            catalogue.SetHolder(CatalogueMapping.Node(row.Owner), CatalogueMapping.Path(row.Path), CatalogueMapping.Root(row.Root), holder);
        foreach (var row in holdings.Removed)
            catalogue.RemoveHolder(CatalogueMapping.Node(row.Owner), CatalogueMapping.Path(row.Path), holder);
    }

    /// <summary>Of whom a link ends and comes back again and again it is no less dear.</summary>
    private void BeginAnew(NodeId holder)
    {
        lock (_gate)
        {
            if (!_anew.TryGetValue(holder, out var allowance))
                _anew.Add(holder, allowance = new Allowance(WireLimits.HoldingsAnewPerSecond, WireLimits.HoldingsAnewAtOnce, clock));
            if (!allowance.TryTake())
                throw PeerException.Violation("it begins to tell its holdings anew more than once a second");
        }

        catalogue.RemoveHoldings(holder);
    }

    public static Wire.Holding Row(NodeId owner, FilePath path, ContentRoot root) =>
        new() { Owner = owner.Value, Path = path.Value, Root = CatalogueMapping.Bytes(root) };

    public void Dispose() => _tasks.Dispose();

    private async Task SendAsync(Feed feed, CancellationToken stop)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, feed.Link.Closing);
        try
        {
            await feed.Link.SendAsync(FrameType.Holdings, new Wire.Holdings { Anew = true }, either.Token);
            foreach (var rows in all().Chunk(RowsOfOneFrame))
                await feed.Link.SendAsync(FrameType.Holdings, new Wire.Holdings { Added = { rows } }, either.Token);
            await foreach (var change in feed.Changes.Reader.ReadAllAsync(either.Token))
                await feed.Link.SendAsync(FrameType.Holdings, change, either.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return; // The link ended; the next one is told anew.
        }
    }

    /// <summary>What is still to be told over one link, after all that is held when it begins.</summary>
    private sealed record Feed(Link Link, Channel<Wire.Holdings> Changes);
}
