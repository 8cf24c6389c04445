using System.Collections;
using System.Collections.Immutable;

namespace P2PNode.Core.Election;

/// <summary>All nodes that a node knows or is linked with, in ascending order.</summary>
internal sealed class Peers(ElectionOptions options) : IEnumerable<Peer>
{
    private readonly SortedList<NodeId, Peer> _peers = [];

    private List<Peer> _sought = [];

    /// <summary>The members when all of them were sought last; null where not all are.</summary>
    private ImmutableSortedSet<NodeId>? _soughtOf;

    public ImmutableSortedSet<NodeId> Members { get; private set; } = [];

    public IEnumerable<Peer> Linked => _peers.Values.Where(peer => peer.IsLinked);

    /// <summary>A peer; null where there is no link with it, so that a message from it is a late one.</summary>
    public Peer? LinkedWith(NodeId id) => _peers.GetValueOrDefault(id) is { IsLinked: true } peer ? peer : null;

    /// <summary>Whether there is a link with a node that was heard on it of late.</summary>
    public bool Reaches(NodeId id, TimeSpan now) => LinkedWith(id) is { } peer && now - peer.HeardAt < SilenceOf(peer);

    /// <summary>How long a peer may be silent: by the slower one of the two heartbeats, as they need not be the same.</summary>
    public TimeSpan SilenceOf(Peer peer) =>
        peer.Heartbeat > options.Heartbeat ? options.Misses * peer.Heartbeat : options.Silence;

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

    /// <summary>
    /// Looks for the lowest members, until enough of them may be there: nodes that follow nobody meet in these, though
    /// each of them dials but a few.
    /// </summary>
    public void Seek(TimeSpan now)
    {
        var seeksAll = options.Breadth >= Members.Count;
        if (seeksAll && ReferenceEquals(_soughtOf, Members))
            return; // A leader of a thousand hears a thousand messages a second.
        _soughtOf = seeksAll ? Members : null;
        var before = _sought;
        _sought = [.. LowestThatMayBeThere(now)];
        foreach (var peer in before.Except(_sought))
            peer.SoughtSince = null;
        foreach (var peer in _sought)
            peer.SoughtSince ??= now;
    }

    /// <summary>The members that are looked for, and those that peers say they follow.</summary>
    public ImmutableSortedSet<NodeId> Sought() => _sought.Count == Members.Count
        ? Members
        : [.. _sought.Select(peer => peer.Id), .. _peers.Values.Select(peer => peer.Follows).OfType<NodeId>().Where(Members.Contains)];

    /// <summary>Forgets a node that is neither a member nor linked any more.</summary>
    public void Release(Peer peer)
    {
        if (!peer.IsLinked && !Members.Contains(peer.Id))
            _peers.Remove(peer.Id);
    }

    /// <summary>Begins to look for the lowest members anew: nothing has been tried yet.</summary>
    public void SeekAnew(TimeSpan now)
    {
        foreach (var peer in _sought)
            peer.SoughtSince = now;
        Seek(now);
    }

    /// <summary>Whether a peer is linked, or was looked for so short a time that it may yet be.</summary>
    private bool MayBeThere(Peer peer, TimeSpan now) =>
        peer.IsLinked || (peer.IsOpen && now - (peer.SoughtSince ?? now) < options.Heartbeat);

    private IEnumerable<Peer> LowestThatMayBeThere(TimeSpan now)
    {
        var room = options.Breadth;
        foreach (var peer in Members.Select(member => _peers[member]))
        {
            if (MayBeThere(peer, now) && room-- == 0)
                yield break;
            yield return peer;
        }
    }

    public IEnumerator<Peer> GetEnumerator() => _peers.Values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
