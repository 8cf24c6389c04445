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
internal sealed class Custody(CustodyLease lease, Collector collector, CopyStore copies, NetworkCatalogue catalogue, ElectionDriver election, Func<bool> isLeaving, TimeProvider clock, ILogger log)
    : IDisposable
{
    /// <summary>To answer is to look at a whole listing; whoever asks, it must not be what the node does.</summary>
    private const int MostAtOnce = 2;

    private readonly TaskGroup _tasks = new();
    private readonly SemaphoreSlim _turns = new(MostAtOnce);
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

        _ = _tasks.Start(stop => AnswerAsync(link, number, epoch, stop));
    }

    public void Dispose()
    {
        _tasks.Dispose();
        _turns.Dispose();
    }

    /// <summary>How much of an owner's listing is here, for this leadership.</summary>
    private CustodyWord Describe(NodeId owner, long epoch, CancellationToken stop)
    {
        // Of two that leave at once one has to stay until the other has gone: the leader goes first.
        if (election.Now.Leads && isLeaving())
            return Lacking(epoch, "it leaves itself");
        if (Pending(owner, epoch) is { } lacks)
            return lacks;

        // A copy that somebody deleted or changed would only be noticed within the hour.
        copies.Check(stop);

        // What comes to its place after the sum was made does not count in it; what is in it and not yet on the disk is
        // pending; and the ledger is written last, so that the rows of all that is in the sum are.
        var held = DigestOfHeld(owner, stop);
        return Pending(owner, epoch)
            ?? (copies.TrySync() ? new CustodyWord(epoch, 0, 0, held, []) : Lacking(epoch, "its ledger of copies cannot be written"));
    }

    private CustodyWord? Pending(NodeId owner, long epoch) => collector.PendingOf(owner) is { Files: > 0 } pending
        ? new CustodyWord(epoch, pending.Files, pending.Bytes, null, [.. pending.Waiting.Select(waiting => (waiting.Reason, waiting.Files))])
        : null;

    private static CustodyWord Lacking(long epoch, string reason) => new(epoch, 0, 0, null, [(reason, 0)]);

    private ListingDigest DigestOfHeld(NodeId owner, CancellationToken stop)
    {
        var sum = default(ListingDigest);
        foreach (var entry in catalogue.EntriesOf(owner))
        {
            stop.ThrowIfCancellationRequested();
            if (copies.Has(owner, entry))
                sum = sum.Plus(entry);
        }

        return sum;
    }

    private void Begin(NodeId leader)
    {
        if (!lease.IsLive)
            log.TakesOver(leader);
        lease.Renew();
        _leased.Set();
        collector.Review();
    }

    private async Task AnswerAsync(Link link, long number, long epoch, CancellationToken stop)
    {
        try
        {
            await _turns.WaitAsync(stop);
            try
            {
                link.TrySend(FrameType.CustodyAnswer, CustodyMapping.ToWire(number, Describe(link.Peer.Id, epoch, stop)));
            }
            finally
            {
                _turns.Release();
            }
        }
        finally
        {
            lock (_gate)
                _answering.Remove(link);
        }
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
