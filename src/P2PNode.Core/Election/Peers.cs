using System.Collections;
using System.Collections.Immutable;

namespace P2PNode.Core.Election;

/// <summary>All nodes that a node knows or is linked with, in ascending order.</summary>
internal sealed class Peers(ElectionOptions options) : IEnumerable<Peer>
{
    private readonly SortedList<NodeId, Peer> _peers = [];

    public ImmutableSortedSet<NodeId> Members { get; private set; } = [];

    public IEnumerable<Peer> Linked => _peers.Values.Where(peer => peer.IsLinked);

    /// <summary>A peer; null where there is no link with it, so that a message from it is a late one.</summary>
    public Peer? LinkedWith(NodeId id) => _peers.GetValueOrDefault(id) is { IsLinked: true } peer ? peer : null;

    /// <summary>Whether there is a link with a node that was heard on it of late.</summary>
    public bool Reaches(NodeId id, TimeSpan now) => LinkedWith(id) is { } peer && now - peer.HeardAt < options.Silence;

    /// <summary>What is known of a node; a node not heard of before is taken in.</summary>
    public Peer Know(NodeId id)
    {
        if (!_peers.TryGetValue(id, out var peer))
            _peers.Add(id, peer = new Peer(id));
        return peer;
    }

    public void Replace(ImmutableSortedSet<NodeId> members)
    {
        Members = members;
        foreach (var peer in _peers.Values.ToList())
            Release(peer);
        foreach (var member in members)
            Know(member);
    }

    /// <summary>Forgets a node that is neither a member nor linked any more.</summary>
    public void Release(Peer peer)
    {
        if (!peer.IsLinked && !Members.Contains(peer.Id))
            _peers.Remove(peer.Id);
    }

    public IEnumerator<Peer> GetEnumerator() => _peers.Values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
