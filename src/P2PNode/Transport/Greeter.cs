using System.Collections.Concurrent;
using System.Net;
using P2PNode.Core;
using P2PNode.Protocol;
using P2PNode.Protocol.Messages;
using P2PNode.Security;
using Serilog;

namespace P2PNode.Transport;

/// <summary>Turns connections into links and bulk links, whichever side dialled. Thread-safe.</summary>
internal sealed partial class Greeter(
    LocalNode self,
    int misses,
    LinkTable table,
    SecureConnector connector,
    Revocations? revocations,
    Func<Link, Frame, ValueTask> onFrame,
    Func<Connection, PeerIdentity, CancellationToken, Task> onBulk,
    TimeProvider clock,
    ILogger log)
{
    /// <summary>Four for what a peer collects, and four for what its user fetches meanwhile.</summary>
    private const int MaxBulkOfOnePeer = 8;

    private readonly Handshake _handshake = new(self, revocations);
    private readonly SharedTimer _pings = new(self.Heartbeat / 2, clock);
    private readonly ConcurrentDictionary<NodeId, int> _bulk = new();
    private readonly InstancePairs _duplicates = new();

    /// <summary>Whether it was said that the table of links is full, and whether as the leader: once each, until there is room again.</summary>
    private volatile bool _saidFull, _saidFullAsLeader;

    /// <summary>What to tell a peer that probes this node.</summary>
    public Func<NodeId, PeerFeatures> FeaturesFor { get; set; } = _ => PeerFeatures.None;

    /// <summary>The leader that this node hears, itself where it leads; for whom it has no room.</summary>
    public Func<NodeId?> Leader { get; set; } = () => null;

    /// <summary>How many peers have bulk links to this node.</summary>
    internal int BulkPeers => _bulk.Count;

    /// <summary>Greets a stranger, then carries its link to the end.</summary>
    /// <param name="connection">From the stranger; the caller disposes it.</param>
    /// <param name="known">Called once the stranger is none any more.</param>
    /// <param name="stop">Cuts it.</param>
    /// <exception cref="PeerException">The stranger broke the rules, or was refused.</exception>
    public async Task AcceptAsync(Connection connection, Action known, CancellationToken stop)
    {
        if (await _handshake.ReadHelloAsync(connection) is not var (peer, kind))
            return;
        if (kind == LinkKind.Probe)
        {
            if (table.RefusalOf(peer.Id) is { } full)
                await Handshake.RefuseAsync(connection, full);
            else
                await _handshake.WelcomeAsync(connection, kind, FeaturesFor(peer.Id));
            return;
        }

        if (kind == LinkKind.Bulk)
        {
            await AcceptBulkAsync(connection, peer, known, stop);
            return;
        }

        var link = NewLink(connection, peer, dialled: false);
        if (table.TryAdmit(link) is { } refuse)
        {
            TellDuplicate(refuse, peer, connection.Remote);
            if (refuse.Reason == RefuseReason.Full)
                TellFull(refuse, peer.Id);
            await Handshake.RefuseAsync(connection, refuse);
            return;
        }

        _saidFull = _saidFullAsLeader = false;

        try
        {
            await _handshake.WelcomeAsync(connection, kind);
        }
        catch (Exception e) when (e is PeerException or OperationCanceledException)
        {
            link.Fail(LinkEnding.Lost, e.Message);
            table.Remove(link, LinkEnding.Lost);
            throw;
        }

        known();
        table.Remove(link, await link.RunAsync(onFrame, stop));
    }

    /// <summary>Both sides speak as often as the slower one of them, and wait for each other by that.</summary>
    private Link NewLink(Connection connection, PeerIdentity peer, bool dialled) =>
        new(connection, peer, dialled, peer.Heartbeat > self.Heartbeat ? peer.Heartbeat : self.Heartbeat, misses, _pings, clock);

    /// <summary>Tells people, and the process that is linked, once for each other process that says to be the same node.</summary>
    private void TellDuplicate(Refuse refuse, PeerIdentity other, EndPoint? remote)
    {
        if (refuse.Reason != RefuseReason.DuplicateId || table.Find(other.Id) is not { } linked || !_duplicates.TryAdd(linked.Peer.Instance, other.Instance))
            return;
        log.DuplicateId(other.Id, remote);
        linked.TrySend(FrameType.Duplicate, new Duplicate { Instance = other.Instance, Host = other.Address.Host, Port = other.Address.Port });
    }

    /// <summary>Tells the refused one who leads, and people that there is no room: the others need the leader, so its want of room is worth a line of its own.</summary>
    private void TellFull(Refuse refuse, NodeId peer)
    {
        var leader = Leader();
        refuse.Leader = leader?.Value ?? 0;
        if (leader == self.Id && !_saidFullAsLeader)
            log.LeaderFull(peer, refuse.Text);
        else if (!_saidFull)
            log.TableFull(peer, refuse.Text);
        (_saidFull, _saidFullAsLeader) = (true, _saidFullAsLeader || leader == self.Id);
    }

    private async Task AcceptBulkAsync(Connection connection, PeerIdentity peer, Action known, CancellationToken stop)
    {
        var count = _bulk.AddOrUpdate(peer.Id, 1, (_, links) => links + 1);
        try
        {
            if (count > MaxBulkOfOnePeer)
            {
                var text = $"node {peer.Id} has {MaxBulkOfOnePeer} bulk links to node {self.Id} already";
                await Handshake.RefuseAsync(connection, new Refuse { Reason = RefuseReason.Full, Text = text });
                return;
            }

            await _handshake.WelcomeAsync(connection, LinkKind.Bulk);
            known();
            await ServeUnlessRevokedAsync(connection, peer, stop);
        }
        finally
        {
            _bulk.AddOrUpdate(peer.Id, 0, (_, links) => links - 1);
            _bulk.TryRemove(KeyValuePair.Create(peer.Id, 0));
        }
    }

    /// <summary>Who is revoked while it is served is cut off in the midst of it: its greeting was long ago.</summary>
    private async Task ServeUnlessRevokedAsync(Connection connection, PeerIdentity peer, CancellationToken stop)
    {
        using var revoked = new CancellationTokenSource();
        await using var cut = revoked.Token.Register(connection.Abort);
        if (revocations is not null)
        {
            revocations.Changed += Look;
            Look(revocations.List);
        }

        try
        {
            await onBulk(connection, peer, stop);
        }
        catch (OperationCanceledException) when (revoked.IsCancellationRequested)
        {
            // Told below, as where serving ended without a word.
        }
        finally
        {
            if (revocations is not null)
                revocations.Changed -= Look;
        }

        if (revoked.IsCancellationRequested)
            throw new PeerException(PeerFault.NotAdmitted, $"node {peer.Id} was revoked");

        void Look(DenyList list)
        {
            if (list.Revokes(peer.Id, connection.IssuedAt))
                revoked.Cancel();
        }
    }
}
