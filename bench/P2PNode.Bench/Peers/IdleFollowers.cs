using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using P2PNode.Bench.Processes;
using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Protocol;
using P2PNode.Protocol.Messages;
using P2PNode.Security;
using P2PNode.Transport;

namespace P2PNode.Bench.Peers;

/// <summary>Followers of one leader that own no files: they answer heartbeats and list nothing.</summary>
internal sealed class IdleFollowers : IAsyncDisposable
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(1);

    private readonly SharedTimer _pings = new(Heartbeat / 2, TimeProvider.System);
    private readonly NetworkAuthority _authority;
    private readonly NodeId _leader;
    private readonly int _port;
    private readonly List<NodeIdentity> _identities = [];
    private readonly ConcurrentQueue<(Link Link, Task<LinkEnding> Running)> _links = new();

    public IdleFollowers(NetworkAuthority authority, int leader, int port, int count)
    {
        (_authority, _leader, _port) = (authority, new NodeId(leader), port);
        for (var id = leader + 1; id <= leader + count; id++)
            _identities.Add(Issue(id));
    }

    /// <summary>Links all of them with the leader, some at a time.</summary>
    /// <exception cref="RunFailedException">One could not be linked.</exception>
    public Task LinkAsync(int atOnce, CancellationToken stop) => Parallel.ForEachAsync(
        _identities,
        new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = stop },
        async (identity, cut) =>
        {
            try
            {
                await DialAsync(identity, cut);
            }
            catch (Exception e) when (e is PeerException or SocketException)
            {
                throw new RunFailedException($"Node {identity.Name.Id} was not linked, after {_links.Count} others: {e.Message}");
            }
        });

    /// <summary>Each link stands until it is disposed.</summary>
    public void ThrowIfAnyEnded()
    {
        var ended = _links.Where(one => one.Running.IsCompleted).Select(one => one.Link).ToList();
        if (ended.Count > 0)
            throw new RunFailedException($"{ended.Count} of {_links.Count} links ended, the first because: {ended[0].Reason}");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (link, _) in _links)
            link.Cut(LinkEnding.Stopped, "");
        await Task.WhenAll(_links.Select(one => one.Running));
    }

    private NodeIdentity Issue(int id)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = _authority.Issue(new NodeId(id), new PublicKey(key), TimeProvider.System);
        return NodeIdentity.From(key, certificate, _authority.Certificate);
    }

    private async Task DialAsync(NodeIdentity identity, CancellationToken stop)
    {
        var id = identity.Name.Id;
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, _port, stop);
        var connection = await new SecureConnector(new MutualTls(() => identity, TimeProvider.System), TimeProvider.System).DialAsync(socket, stop);
        var self = new LocalNode(id, (ulong)id.Value, 1, new NodeAddress("127.0.0.1", 1), $"idle{id}", identity.Name.Network);
        var peer = await new Handshake(self).DialAsync(connection, _leader, LinkKind.Control);
        var link = new Link(connection, peer, dialled: true, Heartbeat, misses: 3, _pings, TimeProvider.System);
        var nothing = CatalogueMapping.ToWire(new Listing(id, listId: 1, lastSeq: 0, []).After(ListingPosition.Start).Last());
        _links.Enqueue((link, link.RunAsync((_, frame) => Answer(link, frame, nothing), CancellationToken.None)));
    }

    private ValueTask Answer(Link link, Frame frame, P2PNode.Protocol.Messages.ListingBatch nothing)
    {
        switch (frame.Type)
        {
            case FrameType.Election when frame.Parse(ElectionFrame.Parser) is { BodyCase: ElectionFrame.BodyOneofCase.Heartbeat or ElectionFrame.BodyOneofCase.Claim } said:
                link.TrySend(FrameType.Election, new ElectionFrame { Epoch = said.Epoch, Following = new() { Leader = _leader.Value } });
                break;
            case FrameType.ListingRequest:
                return link.SendAsync(FrameType.ListingBatch, nothing, CancellationToken.None);
        }

        return ValueTask.CompletedTask;
    }
}
