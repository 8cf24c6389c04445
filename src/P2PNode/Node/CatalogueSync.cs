using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Core.Election;
using P2PNode.Protocol;
using P2PNode.Transport;
using Serilog;
using Wire = P2PNode.Protocol.Messages;

namespace P2PNode.Node;

/// <summary>
/// Keeps the catalogue up to date where it is kept: the leader asks each owner for its listing; those who stand in for
/// the leader (its successor, a lower ID that has come back, whoever keeps copies) ask the leader for all. Thread-safe.
/// </summary>
internal sealed class CatalogueSync(
    NodeId self,
    int copies,
    Roster roster,
    LinkTable links,
    NetworkCatalogue catalogue,
    ElectionDriver election,
    ILogger log)
{
    private readonly Lock _gate = new();

    /// <summary>Over which link each owner's listing was asked for.</summary>
    private readonly Dictionary<NodeId, Link> _asked = [];

    /// <summary>What the leader said that it has, and over which link.</summary>
    private readonly Dictionary<NodeId, ListingPosition> _leaderHas = [];
    private Link? _leaderSaid;
    private bool _caughtUp;

    /// <summary>Whether this node is to have the whole catalogue.</summary>
    public bool KeepsCatalogue
    {
        get
        {
            var now = election.Now;
            return now.Leads || (now.Leader is { } leader && StandsInFor(leader));
        }
    }

    /// <summary>Whether this node keeps a copy of everything: it is one of the lowest live IDs (design 2.2, copies).</summary>
    public bool KeepsCopies
    {
        get
        {
            var now = election.Now;
            return now.Leads || (now.Leader is not null && RankOfSelf() < copies);
        }
    }

    /// <summary>Asks whom it has to, and no longer waits for those whom it need not ask.</summary>
    public async ValueTask ReviewAsync(CancellationToken stop)
    {
        List<(Link Link, NodeId Owner, ListingPosition Have)> requests = [];
        bool caughtUp;
        lock (_gate)
        {
            var sources = Sources();
            foreach (var owner in _asked.Keys.Where(owner => sources.GetValueOrDefault(owner) != _asked[owner]).ToList())
                _asked.Remove(owner);
            foreach (var (owner, link) in sources.Where(source => !_asked.ContainsKey(source.Key)))
            {
                _asked.Add(owner, link);
                catalogue.Restart(owner);
                requests.Add((link, owner, catalogue.PositionOf(owner)));
            }

            caughtUp = IsCaughtUp();
        }

        foreach (var (link, owner, have) in requests)
            Ask(link, owner, have);
        await TellCaughtUpAsync(caughtUp, stop);
    }

    /// <summary>Takes a part of a listing.</summary>
    /// <exception cref="PeerException">No correct peer sends this.</exception>
    public async ValueTask TakeAsync(Link link, Wire.ListingBatch wire, CancellationToken stop)
    {
        var batch = CatalogueMapping.FromWire(wire);
        lock (_gate)
        {
            // What was asked for under another leadership may still come; it is nobody's fault.
            if (_asked.GetValueOrDefault(batch.Owner) != link)
            {
                log.BatchNotAskedFor(link.Peer.Id, batch.Owner);
                return;
            }
        }

        switch (catalogue.Apply(batch))
        {
            case Gap gap:
                log.ListingHasGap(batch.Owner, gap.Have.Seq);
                Ask(link, batch.Owner, gap.Have);
                break;
            case Diverged:
                log.ListingDiverged(batch.Owner);
                Ask(link, batch.Owner, ListingPosition.Start);
                break;
            case Refused refused:
                throw PeerException.Violation($"it sent a listing of node {batch.Owner} that cannot be: {refused.Reason}");
        }

        if (!batch.More)
            await ReviewAsync(stop);
    }

    /// <summary>The leader says which listings it has.</summary>
    public async ValueTask LeaderHasAsync(Link link, IEnumerable<(NodeId Owner, ListingPosition Position)> listings, CancellationToken stop)
    {
        lock (_gate)
        {
            if (_leaderSaid != link)
                _leaderHas.Clear();
            _leaderSaid = link;
            foreach (var (owner, position) in listings)
                _leaderHas[owner] = position;
        }

        await ReviewAsync(stop);
    }

    private async ValueTask TellCaughtUpAsync(bool caughtUp, CancellationToken stop)
    {
        lock (_gate)
        {
            if (caughtUp == _caughtUp)
                return;
            _caughtUp = caughtUp;
        }

        await election.PostAsync(new CatalogueCaughtUp(caughtUp), stop);
    }

    private Dictionary<NodeId, Link> Sources()
    {
        var now = election.Now;
        if (now.Leads)
            return links.All().ToDictionary(link => link.Peer.Id);
        if (now.Leader is not { } leader || links.Find(leader) is not { } toLeader || _leaderSaid != toLeader || !StandsInFor(leader))
            return [];
        return _leaderHas.Keys.Where(owner => owner != self).ToDictionary(owner => owner, _ => toLeader);
    }

    private bool StandsInFor(NodeId leader) =>
        self < leader || RankOfSelf() < Math.Max(copies, 2);

    /// <summary>How many live IDs are lower than this node's.</summary>
    private int RankOfSelf() => roster.Alive().Count(id => id < self);

    private bool IsCaughtUp()
    {
        var now = election.Now;
        if (now.Leads || now.Leader is not { } leader || _leaderSaid is null || links.Find(leader) != _leaderSaid)
            return false;
        return _leaderHas.Where(known => known.Key != self).All(known =>
            _asked.ContainsKey(known.Key)
            && catalogue.ListingsComplete([known.Key]).IsWhole
            && catalogue.PositionOf(known.Key) is var have
            && have.ListId == known.Value.ListId
            && have.Seq >= known.Value.Seq);
    }

    private static void Ask(Link link, NodeId owner, ListingPosition have) =>
        link.TrySend(FrameType.ListingRequest, new Wire.ListingRequest { Owner = owner.Value, Position = CatalogueMapping.ToWire(have) });
}
