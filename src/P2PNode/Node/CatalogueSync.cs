using System.Runtime.CompilerServices;
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
    CustodyLease custody,
    Roster roster,
    LinkTable links,
    NetworkCatalogue catalogue,
    ElectionDriver election,
    ILogger log) : IDisposable
{
    private readonly Lock _gate = new();

    /// <summary>One review at a time: the election is to hear of them in their order.</summary>
    private readonly SemaphoreSlim _reviewing = new(1);
    private readonly CatalogueQuestions<Link> _questions = new(self, copies);

    /// <summary>Whose listings were ever asked for over a link.</summary>
    private readonly ConditionalWeakTable<Link, HashSet<NodeId>> _everAsked = [];
    private bool _caughtUp;

    /// <summary>
    /// Whether this node keeps a copy of everything: it is one of the lowest live IDs (design 2.2, copies), or its leader
    /// leaves and hands over to it.
    /// </summary>
    public bool KeepsCopies
    {
        get
        {
            var now = election.Now;
            return now.Leads || (now.Leader is not null && RankOfSelf() < copies) || custody.IsLive;
        }
    }

    /// <summary>Asks whom it has to, and no longer waits for those whom it need not ask.</summary>
    public async ValueTask ReviewAsync(CancellationToken stop)
    {
        await _reviewing.WaitAsync(stop);
        try
        {
            var caughtUp = Review();
            if (caughtUp == _caughtUp)
                return;
            await election.PostAsync(new CatalogueCaughtUp(caughtUp), stop);
            _caughtUp = caughtUp; // Not before: a post that is cut off is made up for by the next review.
        }
        finally
        {
            _reviewing.Release();
        }
    }

    private bool Review()
    {
        List<(Link Link, NodeId Owner, ListingPosition Have)> requests = [];
        bool caughtUp;
        lock (_gate)
        {
            var around = Around();
            foreach (var (owner, link) in _questions.Review(around))
            {
                catalogue.Restart(owner);
                requests.Add((link, owner, catalogue.PositionOf(owner)));
            }

            caughtUp = _questions.IsCaughtUp(around, catalogue.CompleteAt);
        }

        foreach (var (link, owner, have) in requests)
            Ask(link, owner, have);
        return caughtUp;
    }

    /// <summary>Takes a part of a listing.</summary>
    /// <exception cref="PeerException">No correct peer sends this.</exception>
    public async ValueTask TakeAsync(Link link, Wire.ListingBatch wire, CancellationToken stop)
    {
        var batch = CatalogueMapping.FromWire(wire);
        ApplyResult result;
        lock (_gate)
        {
            // What was asked for under another leadership may still come; it is nobody's fault.
            if (!_questions.Stands(batch.Owner, link))
            {
                if (!_everAsked.TryGetValue(link, out var owners) || !owners.Contains(batch.Owner))
                    throw PeerException.Violation($"it sent a listing of node {batch.Owner}, for which it was never asked");
                log.BatchNotAskedFor(link.Peer.Id, batch.Owner);
                return;
            }

            result = catalogue.Apply(batch);
        }

        switch (result)
        {
            case Gap gap:
                log.ListingHasGap(batch.Owner, gap.Have.Seq);
                break;
            case Diverged:
                log.ListingDiverged(batch.Owner);
                break;
            case Refused refused:
                throw PeerException.Violation($"it sent a listing of node {batch.Owner} that cannot be: {refused.Reason}");
        }

        if (result.AskAgainFrom is { } have)
            Ask(link, batch.Owner, have);
        if (!batch.More)
            await ReviewAsync(stop);
    }

    /// <summary>The leader says which listings it has.</summary>
    public async ValueTask LeaderHasAsync(Link link, IEnumerable<(NodeId Owner, ListingPosition Position)> listings, CancellationToken stop)
    {
        lock (_gate)
            _questions.LeaderHas(Around(), link.Peer.Id, link, listings);
        await ReviewAsync(stop);
    }

    private CatalogueSurroundings<Link> Around() =>
        new(election.Now.Leader, links.All().ToDictionary(link => link.Peer.Id), RankOfSelf());

    /// <summary>How many live IDs are lower than this node's.</summary>
    private int RankOfSelf() => roster.Alive().Count(id => id < self);

    public void Dispose() => _reviewing.Dispose();

    private void Ask(Link link, NodeId owner, ListingPosition have)
    {
        lock (_gate)
            _everAsked.GetOrCreateValue(link).Add(owner);
        link.TrySend(FrameType.ListingRequest, new Wire.ListingRequest { Owner = owner.Value, Position = CatalogueMapping.ToWire(have) });
    }
}
