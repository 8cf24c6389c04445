using System.Threading.Channels;
using P2PNode.Core;
using P2PNode.Protocol.Messages;

namespace P2PNode.Transport;

/// <summary>
/// The links of this node, at most one for each peer. Decides which of two stays, so that both ends
/// hold the same one. Thread-safe; events come in the order of the changes.
/// </summary>
/// <param name="self">This node.</param>
/// <param name="most">With how many peers it links at most.</param>
/// <param name="clock">Tells which of two links was there first.</param>
public sealed class LinkTable(NodeId self, int most, TimeProvider clock)
{
    /// <summary>How many peers are named to one that finds no room.</summary>
    internal const int MostOthers = 8;

    /// <summary>
    /// A Hello that was under way when the other side's dial came through arrives within moments. A peer that dials later,
    /// while a link stands, has lost that one, though word of it has not come yet.
    /// </summary>
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<NodeId, Link> _links = [];

    /// <summary>To whom a Hello of this node is under way.</summary>
    private readonly HashSet<NodeId> _greeted = [];

    private readonly Channel<LinkEvent> _events = Channel.CreateUnbounded<LinkEvent>(new() { SingleReader = true });
    private bool _closed;

    /// <summary>When the last link went, or the node began; counts while there is none.</summary>
    private long _emptySince = clock.GetTimestamp();

    /// <summary>What happened; for one reader.</summary>
    public ChannelReader<LinkEvent> Events => _events.Reader;

    /// <summary>Whether there is no room for a link with another peer.</summary>
    public bool IsFull
    {
        get
        {
            lock (_gate)
                return _links.Count >= most;
        }
    }

    /// <summary>How long there has been no link with anybody; zero while there is one.</summary>
    public TimeSpan AloneFor
    {
        get
        {
            lock (_gate)
                return _links.Count == 0 ? clock.GetElapsedTime(_emptySince) : TimeSpan.Zero;
        }
    }

    public Link? Find(NodeId peer)
    {
        lock (_gate)
            return _links.GetValueOrDefault(peer);
    }

    public Link[] All()
    {
        lock (_gate)
            return [.. _links.Values.OrderBy(link => link.Peer.Id)];
    }

    /// <summary>Admits no more links, because this node stops; those that stand are as they were.</summary>
    internal void Close()
    {
        lock (_gate)
            _closed = true;
    }

    /// <summary>Whether a link with a peer is worth an attempt, as far as this node's own room goes.</summary>
    internal bool HasRoomFor(NodeId peer)
    {
        lock (_gate)
            return _links.ContainsKey(peer) || LinkRoom.HasRoom(self, most, _links.Keys, peer, out _);
    }

    /// <summary>
    /// Asks whether to say Hello to a peer. Not where another dial has got as far, or where the peer may not know yet that
    /// its own made a link: of two Welcomes that cross neither end can tell which came last.
    /// </summary>
    /// <returns>Whether to; then the answer, or that there is none, is to be told by <see cref="EndGreeting"/>.</returns>
    internal bool TryBeginGreeting(NodeId peer)
    {
        lock (_gate)
            return _links.GetValueOrDefault(peer) is not { IsMutual: false } && _greeted.Add(peer);
    }

    /// <summary>A greeting that began has come to its end; a link that it made is in the table.</summary>
    internal void EndGreeting(NodeId peer)
    {
        lock (_gate)
            _greeted.Remove(peer);
    }

    /// <summary>
    /// Takes a new link in, unless it is to be refused; then says so in the words of a refusal. The side that was dialled
    /// decides which of two links stays: who dialled has its Welcome, and takes it for the newer one.
    /// </summary>
    internal Refuse? TryAdmit(Link link)
    {
        Link? replaced;
        Link? displaced = null;
        lock (_gate)
        {
            if (_closed)
                return new Refuse { Text = $"node {self} stops" };
            _links.TryGetValue(link.Peer.Id, out replaced);
            if (Objection(replaced, link) is { } refuse)
                return refuse;
            NodeId? leaves = null;
            if (replaced is null && !LinkRoom.HasRoom(self, most, _links.Keys, link.Peer.Id, out leaves))
                return Full();
            if (leaves is { } last && _links.Remove(last, out displaced))
                _events.Writer.TryWrite(new LinkClosed(displaced, LinkEnding.MadeRoom));
            _links[link.Peer.Id] = link;
            _events.Writer.TryWrite(new LinkOpened(link));
        }

        if (replaced is not null)
            link.Replace(replaced);
        displaced?.Close(GoodbyeReason.NoRoom);
        return null;
    }

    /// <summary>In which words a peer that has no link would be refused one for want of room; null where there is some.</summary>
    internal Refuse? RefusalOf(NodeId peer)
    {
        lock (_gate)
            return !_links.ContainsKey(peer) && !LinkRoom.HasRoom(self, most, _links.Keys, peer, out _) ? Full() : null;
    }

    internal void Remove(Link link, LinkEnding ending)
    {
        lock (_gate)
        {
            if (_links.GetValueOrDefault(link.Peer.Id) != link)
                return;
            _links.Remove(link.Peer.Id);
            _emptySince = clock.GetTimestamp();
            _events.Writer.TryWrite(new LinkClosed(link, ending));
        }
    }

    internal void Report(DialFailed failure) => _events.Writer.TryWrite(failure);

    private Refuse Full()
    {
        var refuse = new Refuse { Reason = RefuseReason.Full };
        var others = _links.Values.Take(MostOthers).Select(link => link.Peer).ToList();
        refuse.Others.AddRange(others.Select(peer => new OtherPeer { Id = peer.Id.Value, Host = peer.Address.Host, Port = peer.Address.Port }));
        refuse.Text = $"node {self} has links with {_links.Count} peers, and takes no more; try {string.Join(", ", others.Select(peer => $"node {peer.Id} at {peer.Address}"))}";
        return refuse;
    }

    private Refuse? Objection(Link? stands, Link comes)
    {
        if (stands is not null && stands.Peer.Instance != comes.Peer.Instance)
        {
            return new Refuse
            {
                Reason = RefuseReason.DuplicateId,
                Text = $"another process runs as node {comes.Peer.Id} at {stands.Peer.Address}: give one of them another ID",
                PatienceMs = (uint)stands.Patience.TotalMilliseconds,
            };
        }

        // Of two that dial each other at once the lower ID refuses, so that there is one link: its own.
        if (comes.Dialled || self > comes.Peer.Id)
            return null;
        if (_greeted.Contains(comes.Peer.Id))
            return new Refuse { Reason = RefuseReason.DuplicateLink, Text = $"node {self} dials node {comes.Peer.Id} itself" };
        return stands is { Dialled: true } && clock.GetElapsedTime(stands.Opened) < AtOnce
            ? new Refuse { Reason = RefuseReason.DuplicateLink, Text = "the two nodes are linked already" }
            : null;
    }
}
