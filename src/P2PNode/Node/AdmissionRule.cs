using P2PNode.Core;
using P2PNode.Protocol;
using P2PNode.Security;
using P2PNode.Transport;

namespace P2PNode.Node;

/// <summary>
/// When a node gives up because the others do not take it (docs/decisions.md): right after its start, and before it was
/// at home among them. Thread-safe.
/// </summary>
internal sealed class AdmissionRule(NodeOptions options, WrongNetworkRule network, TimeProvider clock)
{
    /// <summary>How long a peer waits for a word, where it does not say that it waits longer.</summary>
    private readonly TimeSpan _silence = options.Intervals.Election.Silence;

    /// <summary>For the peer to notice, and for this node to dial again.</summary>
    private readonly TimeSpan _margin = 2 * options.Intervals.Election.Heartbeat;

    private readonly Lock _gate = new();
    private readonly long _began = clock.GetTimestamp();
    private readonly HashSet<NodeAddress> _seedsInVain = [];
    private bool _isRegistered;
    private string? _refusedBySeed;

    /// <summary>Who says that another process has this node's ID, and since when.</summary>
    private readonly Dictionary<NodeId, long> _duplicateSince = [];
    private NodeId? _lowestLinked;

    public void Linked(NodeId peer)
    {
        network.Met();
        lock (_gate)
            _lowestLinked = _lowestLinked is { } lowest && lowest < peer ? lowest : peer;
    }

    /// <summary>Takes in that an attempt to get a link failed.</summary>
    /// <exception cref="IdentityRefusedException">It was one too many.</exception>
    public void Failed(DialFailed failed)
    {
        network.Tried(failed.Peer, failed.Fault, failed.Network);
        if (failed.Fault is not PeerFault.DuplicateId)
            return;
        lock (_gate)
            Duplicate(failed);
    }

    /// <summary>Takes in what came of a seed: what went wrong, or null where it registered this node.</summary>
    /// <exception cref="IdentityRefusedException">It was the last one that might have, and one refuses this process.</exception>
    public void Tried(NodeAddress seed, PeerFault? fault)
    {
        network.Tried(seed, fault);
        lock (_gate)
        {
            if (fault is null)
                _isRegistered = true;
            else
                _seedsInVain.Add(seed);
            GiveWayToSeeds();
        }
    }

    /// <summary>Takes in that a seed has heard another process of this node, just before it refused this one.</summary>
    /// <exception cref="IdentityRefusedException">No other seed or node takes this one, which has only just begun.</exception>
    public void RefusedBySeed(NodeAddress seed, string reason)
    {
        lock (_gate)
        {
            _refusedBySeed ??= $"the seed at {seed} says: {reason}";
            GiveWayToSeeds();
        }
    }

    /// <summary>One seed may be wrong, or lie: what others say counts as well.</summary>
    private void GiveWayToSeeds()
    {
        if (_refusedBySeed is { } refusal && IsOnTrial && !_isRegistered && _lowestLinked is null && options.Seeds.All(_seedsInVain.Contains))
            throw new IdentityRefusedException($"Node {options.Id} ends, as {refusal}.");
    }

    private bool IsOnTrial => clock.GetElapsedTime(_began) <= WrongNetworkRule.Trial;

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
