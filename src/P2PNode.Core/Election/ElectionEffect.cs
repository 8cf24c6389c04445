namespace P2PNode.Core.Election;

/// <summary>What the driver must do after a step, in the order given.</summary>
public abstract record ElectionEffect
{
    private protected ElectionEffect() { }
}

/// <summary>
/// Write both to disk, durably, before any later effect is carried out; hand both in at the next start. Without the
/// leader a restarted node could accept a second one in the same epoch.
/// </summary>
public sealed record PersistEpoch(Epoch Epoch, NodeId Leader) : ElectionEffect;

/// <summary>Say something to a peer; lost without notice where there is no link.</summary>
public sealed record Send(NodeId To, ElectionMessage Message) : ElectionEffect;

/// <summary>The leader that this node accepts has changed, or its epoch; null while there is none.</summary>
public sealed record LeaderChanged(Epoch Epoch, NodeId? Leader) : ElectionEffect;

/// <summary>
/// A lower ID asks to lead: finish or checkpoint what must not be cut, hand over positions, then answer with
/// <see cref="YieldPrepared"/>. Begin nothing new until the leader changes or the yield is called off.
/// </summary>
public sealed record PrepareYield(NodeId To) : ElectionEffect;

/// <summary>The lower ID did not claim, or is gone: lead on.</summary>
public sealed record YieldCalledOff(NodeId To) : ElectionEffect;

/// <summary>Close the link to a fellow follower: it is not needed any more. Not said twice for one link.</summary>
public sealed record DropLink(NodeId Peer) : ElectionEffect;
