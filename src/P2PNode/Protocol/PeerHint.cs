using P2PNode.Core;

namespace P2PNode.Protocol;

/// <summary>A node that another one knows of, and where that says it listens.</summary>
public sealed record PeerHint(NodeId Id, NodeAddress Address);
