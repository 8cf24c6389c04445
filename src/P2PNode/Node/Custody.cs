using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Files;
using P2PNode.Protocol;
using P2PNode.Transport;
using Serilog;
using Wire = P2PNode.Protocol.Messages;

namespace P2PNode.Node;

/// <summary>
/// Takes over the files of a node that leaves: has them collected, and tells it which of them are here on the disk. The
/// leader does so for its followers, whose files it collects anyway; the successor for its leader (design 5, Custody).
/// Thread-safe.
/// </summary>
internal sealed class Custody(CustodyLease lease, Collector collector, CopyStore copies, NetworkCatalogue catalogue, ElectionDriver election, TimeProvider clock, ILogger log)
    : IDisposable
{
    private readonly TaskGroup _tasks = new();
    private readonly Signal _leased = new();
    private readonly Lock _gate = new();

    /// <summary>The links over which an answer is being made; who asks meanwhile gets that one.</summary>
    private readonly HashSet<Link> _answering = [];

    public Task RunAsync(CancellationToken stop) => TaskGroup.RunAsync([_tasks.RunAsync, EndLeasesAsync], stop);

    /// <summary>A node that leaves asks how much of its files is here.</summary>
    /// <exception cref="PeerException">No correct peer asks this.</exception>
    public void Take(Link link, Wire.CustodyRequest request)
    {
        var (number, epoch) = CustodyMapping.FromWire(request);
        var now = election.Now;
        if (now.Epoch.Value != epoch || (!now.Leads && now.Leader != link.Peer.Id))
            return; // One of the two has yet to hear who leads; it asks again.
        if (!now.Leads)
            Begin(link.Peer.Id);
        lock (_gate)
        {
            if (!_answering.Add(link))
                return;
        }

        _ = _tasks.Start(_ => AnswerAsync(link, number, epoch));
    }

    public void Dispose() => _tasks.Dispose();

    /// <summary>How much of an owner's listing is here, for this leadership.</summary>
    internal CustodyWord Describe(NodeId owner, long epoch)
    {
        if (collector.PendingOf(owner) is { Files: > 0 } pending)
            return new CustodyWord(epoch, pending.Files, pending.Bytes, null, [.. pending.Waiting.Select(waiting => (waiting.Reason, waiting.Files))]);
        return copies.TrySync()
            ? new CustodyWord(epoch, 0, 0, DigestOfHeld(owner), [])
            : new CustodyWord(epoch, 0, 0, null, [("its ledger of copies cannot be written", 0)]);
    }

    private ListingDigest DigestOfHeld(NodeId owner) =>
        catalogue.EntriesOf(owner).Where(entry => copies.Has(owner, entry)).Aggregate(default(ListingDigest), (sum, entry) => sum.Plus(entry));

    private void Begin(NodeId leader)
    {
        if (!lease.IsLive)
            log.TakesOver(leader);
        lease.Renew();
        _leased.Set();
        collector.Review();
    }

    private Task AnswerAsync(Link link, long number, long epoch)
    {
        try
        {
            link.TrySend(FrameType.CustodyAnswer, CustodyMapping.ToWire(number, Describe(link.Peer.Id, epoch)));
        }
        finally
        {
            lock (_gate)
                _answering.Remove(link);
        }

        return Task.CompletedTask;
    }

    /// <summary>Has the copies kept no more when a lease has run out.</summary>
    private async Task EndLeasesAsync(CancellationToken stop)
    {
        while (true)
        {
            await _leased.WaitAsync(stop);
            while (lease.Left is var left && left > TimeSpan.Zero)
                await Task.Delay(left, clock, stop);
            collector.Review();
        }
    }
}
