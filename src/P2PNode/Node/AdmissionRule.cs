using P2PNode.Core;
using P2PNode.Protocol;
using P2PNode.Security;
using P2PNode.Transport;

namespace P2PNode.Node;

/// <summary>
/// When a node gives up because the others do not take it (docs/decisions.md): right after its start, and before it was
/// at home among them. For one caller at a time.
/// </summary>
internal sealed class AdmissionRule(NodeOptions options, NodeName self, bool holdsAuthority, TimeProvider clock)
{
    /// <summary>Later a node has been at home: it is the others that changed.</summary>
    private static readonly TimeSpan Trial = TimeSpan.FromSeconds(10);

    /// <summary>How long a peer waits for a word, where it does not say that it waits longer.</summary>
    private readonly TimeSpan _silence = options.Intervals.Election.Silence;

    /// <summary>For the peer to notice, and for this node to dial again.</summary>
    private readonly TimeSpan _margin = 2 * options.Intervals.Election.Heartbeat;

    private readonly long _began = clock.GetTimestamp();
    private readonly HashSet<NodeId> _strangers = [];

    /// <summary>Who says that another process has this node's ID, and since when.</summary>
    private readonly Dictionary<NodeId, long> _duplicateSince = [];
    private NodeId? _lowestLinked;

    public void Linked(NodeId peer) => _lowestLinked = _lowestLinked is { } lowest && lowest < peer ? lowest : peer;

    /// <summary>Takes in that an attempt to get a link failed.</summary>
    /// <exception cref="IdentityRefusedException">It was one too many.</exception>
    public void Failed(DialFailed failed)
    {
        if (failed.Fault is PeerFault.OtherNetwork)
            OfOtherNetwork(failed.Peer);
        else if (failed.Fault is PeerFault.DuplicateId)
            Duplicate(failed);
    }

    /// <summary>Takes in that a seed has heard another process of this node, just before it refused this one. For any thread.</summary>
    /// <exception cref="IdentityRefusedException">This one has only just begun.</exception>
    public void RefusedBySeed(NodeAddress seed, string reason)
    {
        if (IsOnTrial)
            throw new IdentityRefusedException($"Node {options.Id} ends, as the seed at {seed} says: {reason}.");
    }

    private bool IsOnTrial => clock.GetElapsedTime(_began) <= Trial;

    /// <summary>Every node that it was told of says so and none was ever linked; who holds the CA gives way to more than one alone.</summary>
    private void OfOtherNetwork(NodeId peer)
    {
        if (_lowestLinked is not null || !IsOnTrial)
            return;
        _strangers.Add(peer);
        var others = options.Nodes.Select(node => node.Id).Where(id => id != options.Id).ToList();
        if (others.TrueForAll(_strangers.Contains) && others.Count >= (holdsAuthority ? 2 : 1))
        {
            throw new IdentityRefusedException(
                $"Node {options.Id} is of network {self.Network}, and every other node that it knows is of another one; have it invited to that, and join with 'p2pnode network join TOKEN --seed HOST:PORT'.");
        }
    }

    /// <summary>Within this a peer has noticed that the process is gone which this one takes the place of: 5 s as a rule.</summary>
    private TimeSpan DeadLink(TimeSpan patience) => (patience > _silence ? patience : _silence) + _margin;

    /// <summary>The lowest node that answers says so, and still does when it would have missed a process that is gone.</summary>
    private void Duplicate(DialFailed failed)
    {
        if (_lowestLinked is { } lowest && lowest <= failed.Peer)
            return;
        if (_duplicateSince.TryGetValue(failed.Peer, out var since))
        {
            if (clock.GetElapsedTime(since) >= DeadLink(failed.Patience))
                throw new IdentityRefusedException($"Node {options.Id} ends, as node {failed.Peer} says: {failed.Reason}.");
        }
        else if (IsOnTrial)
        {
            _duplicateSince.Add(failed.Peer, clock.GetTimestamp());
        }
    }
}
