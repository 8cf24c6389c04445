using System.Net;
using P2PNode.Core;
using P2PNode.Protocol;
using P2PNode.Protocol.Messages;

namespace P2PNode.Transport;

/// <content>Links, bulk links and probes that this node dials.</content>
internal sealed partial class Greeter
{
    /// <summary>Dials a peer, or whoever listens there, and takes the link in.</summary>
    /// <param name="address">Where to dial.</param>
    /// <param name="peer">Who is to answer; null for anybody.</param>
    /// <param name="stop">Cuts the dial at any time.</param>
    /// <param name="unwanted">Calls it off before the Hello, with a word once there is a connection; after that the peer may have the link, and would miss it.</param>
    /// <returns>Who answered, and what carries the link to its end when called with what is to cut it.</returns>
    /// <exception cref="PeerException">There is no link, and why.</exception>
    public async Task<(PeerIdentity Peer, Func<CancellationToken, Task> Run)> DialAsync(
        NodeAddress address, NodeId? peer, CancellationToken stop, CancellationToken unwanted = default)
    {
        Connection connection;
        using (var either = CancellationTokenSource.CreateLinkedTokenSource(unwanted, stop))
            connection = await connector.DialAsync(await Tcp.ConnectAsync(address, clock, either.Token), stop);
        if (unwanted.IsCancellationRequested)
        {
            await CallOffAsync(connection, GoodbyeReason.NotNeeded, stop);
            throw new OperationCanceledException(unwanted);
        }

        var answers = connection.Proven!.Value; // TLS came first.
        if (!table.TryBeginGreeting(answers))
        {
            await CallOffAsync(connection, GoodbyeReason.Replaced, stop);
            throw new PeerException(PeerFault.AlreadyLinked, $"this node and node {answers} are linking already");
        }

        try
        {
            var identity = await GreetAsync(connection, peer, LinkKind.Control, stop);
            var link = NewLink(connection, identity, dialled: true);
            if (table.TryAdmit(link) is { } refuse)
                throw await DeclineAsync(link, refuse, connection.Remote, stop);
            return (identity, async cut => table.Remove(link, await link.RunAsync(onFrame, cut)));
        }
        finally
        {
            table.EndGreeting(answers);
        }
    }

    /// <summary>Dials a peer for file bytes; the caller owns the connection.</summary>
    /// <exception cref="PeerException">There is no link, and why.</exception>
    public async Task<Connection> DialBulkAsync(NodeAddress address, NodeId peer, CancellationToken stop)
    {
        var connection = await OpenAsync(address, stop);
        await GreetAsync(connection, peer, LinkKind.Bulk, stop);
        return connection;
    }

    /// <summary>Dials whoever listens at an address to see whether a link could be had; there is none.</summary>
    /// <exception cref="PeerException">It could not, and why.</exception>
    public async Task<PeerIdentity> ProbeAsync(NodeAddress address, CancellationToken stop)
    {
        await using var connection = await OpenAsync(address, stop);
        return await GreetAsync(connection, peer: null, LinkKind.Probe, stop);
    }

    /// <summary>Ends a link that the peer has and this node has no place for, and tells the peer why.</summary>
    private async Task<PeerException> DeclineAsync(Link link, Refuse refuse, EndPoint? remote, CancellationToken stop)
    {
        TellDuplicate(refuse, link.Peer, remote);
        link.Close(
            refuse.Reason switch
            {
                RefuseReason.Full => GoodbyeReason.NoRoom,
                RefuseReason.DuplicateId => GoodbyeReason.Unspecified,
                _ => GoodbyeReason.Stopping,
            },
            refuse.Text);
        await link.RunAsync(static (_, _) => ValueTask.CompletedTask, stop);
        return new PeerException(refuse.Reason is RefuseReason.Full ? PeerFault.Full : PeerFault.AlreadyLinked, refuse.Text);
    }

    private static async Task CallOffAsync(Connection connection, GoodbyeReason reason, CancellationToken stop)
    {
        await using (connection)
        {
            await using var cut = stop.Register(connection.Abort);
            await Handshake.CallOffAsync(connection, reason);
        }
    }

    private async Task<Connection> OpenAsync(NodeAddress address, CancellationToken stop) =>
        await connector.DialAsync(await Tcp.ConnectAsync(address, clock, stop), stop);

    /// <summary>Says Hello to who was dialled; the connection is closed where that fails.</summary>
    private async Task<PeerIdentity> GreetAsync(Connection connection, NodeId? peer, LinkKind kind, CancellationToken stop)
    {
        try
        {
            await using var cut = stop.Register(connection.Abort);
            return await _handshake.DialAsync(connection, peer, kind);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}
