using P2PNode.Core;
using P2PNode.Core.Election;

namespace P2PNode.Node;

/// <summary>Who leads, as one node sees it. Immutable.</summary>
/// <param name="Epoch">The number of the leadership.</param>
/// <param name="Leader">The leader, or null while there is none.</param>
/// <param name="Role">What this node is.</param>
/// <param name="OutOfReach">The leader that others hear and this node cannot reach.</param>
public sealed record Leadership(Epoch Epoch, NodeId? Leader, Role Role, NodeId? OutOfReach)
{
    /// <summary>Who has no room for this node, so that it neither follows nor leads.</summary>
    public NodeId? FindsNoRoomAt { get; init; }

    public bool Leads => Role is Role.Leader or Role.Yielding;
}
