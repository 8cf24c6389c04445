namespace P2PNode.Core.Membership;

/// <summary>What a node says of itself on the local network: a hint, until it has proven at its port who it is.</summary>
/// <param name="Id">The node.</param>
/// <param name="Instance">Tells two processes with the same ID apart.</param>
/// <param name="Incarnation">Counts the node's starts.</param>
/// <param name="Port">The TCP port that it listens on; the host is where the packet comes from.</param>
/// <param name="SaidAt">When it said so, in milliseconds since 1970 of its own clock: of one process the latest counts.</param>
public readonly record struct Announcement(NodeId Id, ulong Instance, long Incarnation, int Port, long SaidAt);
