using P2PNode.Core;
using P2PNode.Core.Election;

namespace P2PNode.Tests.Simulation;

/// <content>Dials, keeps and loses links, as the product's driver and TCP do together.</content>
internal sealed partial class SimulatedNode
{
    private const int MostMisses = 3;

    private readonly SortedDictionary<NodeId, SimulatedLink> _links = [];
    private readonly HashSet<NodeId> _dialled = [];

    public IReadOnlyCollection<NodeId> Links => _links.Keys;

    /// <summary>The connection of each link.</summary>
    public IReadOnlyDictionary<NodeId, object> Connections => _links.ToDictionary(link => link.Key, link => link.Value.Connection);

    /// <summary>
    /// Sends in order and without loss while the connection lasts, as TCP does: what is lost is sent again, and a cut
    /// holds all up until one of the ends gives up. Once the peer's host has the message, this process is told.
    /// </summary>
    public void Stream(NodeId to, object message, Action? arrived = null)
    {
        if (!_links.TryGetValue(to, out var link))
            return;
        var due = cluster.Now + cluster.Network.Delay();
        while (cluster.Network.Loses())
            due += cluster.Options.Heartbeat / 5;
        link.Stream.Enqueue((due, message, arrived));
        if (link.IsDelivering)
            return;
        link.IsDelivering = true;
        var life = _life;
        cluster.Queue.At(due, () => Deliver(to, link, life));
    }

    private void Deliver(NodeId to, SimulatedLink link, int life)
    {
        var other = cluster.Nodes[to];
        if (!cluster.Network.LetsThrough(Id, to))
        {
            if (Holds(to, link.Connection) || other.Holds(Id, link.Connection))
                cluster.Queue.After(cluster.Options.Heartbeat / 4, () => Deliver(to, link, life));
            return;
        }

        while (link.Stream.TryPeek(out var next) && next.Due <= cluster.Now)
        {
            link.Stream.Dequeue();
            other.InLife(other._life, () => other.Hear(Id, link.Connection, next.Message));
            if (next.Arrived is { } arrived)
                InLife(life, arrived);
        }

        link.IsDelivering = link.Stream.TryPeek(out var later);
        if (link.IsDelivering)
            cluster.Queue.At(later.Due, () => Deliver(to, link, life));
    }

    public void Say(NodeId to, object message)
    {
        if (!_links.TryGetValue(to, out var link))
            return;
        var (target, connection) = (cluster.Nodes[to], link.Connection);
        cluster.Network.Carry(Id, to, () => target.InLife(target._life, () => target.Hear(Id, connection, message)));
    }

    private void Hear(NodeId from, object connection, object message)
    {
        var outlivesItsLink = cluster.Network.Weather.Reorders && _links.ContainsKey(from);
        if (!Holds(from, connection) && !outlivesItsLink)
            return;
        if (message is ElectionMessage said)
        {
            Input(new Received(from, said));
            return;
        }

        foreach (var companion in _companions)
            companion.Received(from, connection, message);
    }

    private void TellOfLinks()
    {
        if (Machine is null)
            return;
        foreach (var companion in _companions)
            companion.LinksChanged();
    }

    /// <summary>Whether whom a node looks for depends on more than whom it follows.</summary>
    private bool IsSelective => cluster.Options.Breadth < cluster.Nodes.Count;

    private bool Holds(NodeId peer, object connection) =>
        _links.TryGetValue(peer, out var link) && link.Connection == connection;

    /// <summary>Dials all that is wanted and not there.</summary>
    private void KeepLinks()
    {
        foreach (var peer in Machine?.LinksWanted ?? [])
        {
            if (!_links.ContainsKey(peer) && _dialled.Add(peer))
                Dial(peer);
        }
    }

    private void Dial(NodeId peer) => Later(cluster.Network.Delay(), () =>
    {
        var other = cluster.Nodes[peer];
        if (!HasRoomFor(peer, out _))
            Redial(peer); // A full node dials nobody, and so learns nothing.
        else if (!cluster.Network.IsOpenBothWays(Id, peer) || other.IsPaused)
            Later(cluster.Options.Heartbeat, () => DialFailed(peer, LinkEnd.Silent));
        else if (other.Machine is null)
            DialFailed(peer, LinkEnd.Refused);
        else if (!other.HasRoomFor(Id, out _))
            DialFailed(peer, LinkEnd.Full, other.Machine.Leader);
        else
            Establish(other);
    });

    private bool HasRoomFor(NodeId peer, out NodeId? leaves)
    {
        leaves = null;
        return _links.ContainsKey(peer) || LinkRoom.HasRoom(Id, cluster.MostLinksOf(Id), _links.Keys, peer, out leaves);
    }

    private void DialFailed(NodeId peer, LinkEnd end, NodeId? leader = null)
    {
        Redial(peer);
        if (!_links.ContainsKey(peer))
            Input(new LinkDown(peer, end) { Leader = leader });
    }

    private void Redial(NodeId peer) => Later(cluster.Options.Heartbeat / 2, () =>
    {
        _dialled.Remove(peer);
        KeepLinks();
    });

    private void Establish(SimulatedNode other)
    {
        _dialled.Remove(other.Id);
        if (_links.TryGetValue(other.Id, out var link) && other.Holds(Id, link.Connection))
            return;
        var connection = new object();
        other.Attach(Id, connection);
        Attach(other.Id, connection);
    }

    private void Attach(NodeId peer, object connection)
    {
        if (Machine is null)
            return;
        if (HasRoomFor(peer, out var leaves) && leaves is { } last)
            CloseLink(last, LinkEnd.Full);
        _links[peer] = new SimulatedLink(connection);
        Input(new LinkUp(peer) { Heartbeat = cluster.OptionsOf(peer).Heartbeat });
        Survive(TellOfLinks);
        Later(HeartbeatWith(peer), () => KeepAlive(peer, connection));
    }

    private void KeepAlive(NodeId peer, object connection)
    {
        if (!Holds(peer, connection))
            return;
        var other = cluster.Nodes[peer];
        if (!cluster.Network.IsOpenBothWays(Id, peer) || other.IsPaused)
        {
            if (++_links[peer].Misses >= MostMisses)
            {
                EndLink(peer, LinkEnd.Silent);
                return;
            }
        }
        else if (!other.Holds(Id, connection))
        {
            LinkReset(peer, connection);
            return;
        }
        else
        {
            _links[peer].Misses = 0;
        }

        Later(HeartbeatWith(peer), () => KeepAlive(peer, connection));
    }

    /// <summary>On a link the slower one of both heartbeats counts.</summary>
    private TimeSpan HeartbeatWith(NodeId peer)
    {
        var (mine, theirs) = (cluster.OptionsOf(Id).Heartbeat, cluster.OptionsOf(peer).Heartbeat);
        return mine > theirs ? mine : theirs;
    }

    /// <param name="peer">To whom.</param>
    /// <param name="end">What it is for the peer; this node has no need of it.</param>
    private void CloseLink(NodeId peer, LinkEnd end = LinkEnd.NotNeeded)
    {
        if (!_links.TryGetValue(peer, out var link))
            return;
        var (other, connection) = (cluster.Nodes[peer], link.Connection);
        cluster.Network.Carry(Id, peer, () => other.InLife(other._life, () =>
        {
            if (other.Holds(Id, connection))
                other.EndLink(Id, end);
        }));
        EndLink(peer, LinkEnd.NotNeeded);
    }

    public void EndLink(NodeId peer, LinkEnd end)
    {
        _links.Remove(peer);
        Input(new LinkDown(peer, end));
        Survive(TellOfLinks);
        KeepLinks();
    }

    private void ResetLinks()
    {
        foreach (var (peer, link) in _links)
        {
            var (other, connection) = (cluster.Nodes[peer], link.Connection);
            cluster.Network.Carry(Id, peer, () => other.InLife(other._life, () => other.LinkReset(Id, connection)));
        }

        _links.Clear();
        _dialled.Clear();
    }

    /// <summary>A reset alone says little: only the dial that follows tells whether the process is gone.</summary>
    private void LinkReset(NodeId peer, object connection)
    {
        if (!Holds(peer, connection))
            return;
        cluster.Count(Happening.LinkReset);
        _links.Remove(peer);
        Survive(TellOfLinks);
        _dialled.Add(peer);
        Dial(peer);
    }
}
