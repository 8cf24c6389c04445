namespace P2PNode.Core.Membership;

/// <summary>What the driver must do after a step, in the order given.</summary>
public abstract record OverlayEffect
{
    private protected OverlayEffect() { }
}

/// <summary>Say something to a peer; lost without notice where there is no link.</summary>
public sealed record Tell(NodeId To, OverlayMessage Message) : OverlayEffect;

/// <summary>Write this node's new incarnation to disk, durably, before any later effect is carried out.</summary>
public sealed record PersistIncarnation(long Incarnation) : OverlayEffect;

/// <summary>These are the members to dial until there is a link; no others, as far as the overlay goes.</summary>
public sealed record WantLinks(IReadOnlySet<NodeId> Peers) : OverlayEffect;

/// <summary>The overlay has no use for this link any more: close it, unless another part of the node has.</summary>
public sealed record LinkUnused(NodeId Peer) : OverlayEffect;

/// <summary>A text was heard for the first time.</summary>
/// <param name="Id">Tells it from all other texts.</param>
/// <param name="Text">What was said.</param>
/// <param name="From">The neighbour that it came from; this node for its own.</param>
public sealed record TextHeard(RumourId Id, string Text, NodeId From) : OverlayEffect;

/// <summary>The user says more than others would forward; the text was not taken.</summary>
public sealed record TextRefused : OverlayEffect;

/// <summary>A member's row changed.</summary>
public sealed record MemberChanged(MemberChange Change) : OverlayEffect;

/// <summary>A member that was gone for long is listed no more.</summary>
public sealed record MemberForgotten(NodeId Id) : OverlayEffect;

/// <summary>This node itself could not reach a member that is dead now: the seeds may count it as a witness.</summary>
public sealed record ReportDeath(NodeId Id, long Incarnation) : OverlayEffect;
