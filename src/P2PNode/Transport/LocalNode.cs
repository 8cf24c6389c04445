using P2PNode.Core;

namespace P2PNode.Transport;

/// <summary>What this node says of itself when it meets another.</summary>
/// <param name="Id">Its ID.</param>
/// <param name="Instance">Drawn anew at each start of the process.</param>
/// <param name="Incarnation">Counts its starts.</param>
/// <param name="Listen">Where it listens.</param>
/// <param name="Name">What people call the machine.</param>
/// <param name="Network">The network it belongs to.</param>
public sealed record LocalNode(NodeId Id, ulong Instance, long Incarnation, NodeAddress Listen, string Name, string Network)
{
    /// <summary>How often it is heard at least, on a link whose other side is no slower.</summary>
    public TimeSpan Heartbeat { get; init; } = PeerIdentity.UsualHeartbeat;
}
