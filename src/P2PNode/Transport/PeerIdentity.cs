using P2PNode.Core;

namespace P2PNode.Transport;

/// <summary>Who is at the other end of a link, as it said and as far as it was checked.</summary>
/// <param name="Id">The node.</param>
/// <param name="Instance">Tells two processes with the same ID apart.</param>
/// <param name="Incarnation">Counts the node's starts.</param>
/// <param name="Address">Where it listens.</param>
/// <param name="Name">What people call the machine.</param>
public sealed record PeerIdentity(NodeId Id, ulong Instance, long Incarnation, NodeAddress Address, string Name)
{
    /// <summary>That of a peer which does not say its own.</summary>
    public static readonly TimeSpan UsualHeartbeat = TimeSpan.FromSeconds(1);

    /// <summary>Its heartbeat; at most <see cref="Protocol.WireLimits.LongestHeartbeat"/>.</summary>
    public TimeSpan Heartbeat { get; init; } = UsualHeartbeat;

    /// <summary>What it says that it can do.</summary>
    public PeerFeatures Features { get; init; }
}
