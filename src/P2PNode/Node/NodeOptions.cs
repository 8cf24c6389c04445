using P2PNode.Core;

namespace P2PNode.Node;

/// <summary>Everything one node needs to know before it starts. Immutable; vary it with <c>with</c>.</summary>
public sealed record NodeOptions
{
    /// <summary>The value of <see cref="Copies"/> that has every node keep a copy of everything.</summary>
    public const int EveryNode = int.MaxValue;

    public required NodeId Id { get; init; }

    /// <summary>The user's folder, an absolute path; it need not exist yet.</summary>
    public required string Folder { get; init; }

    public required NodeAddress Listen { get; init; }

    /// <summary>The nodes that nodes.json names, this one included where it is among them; ascending by ID.</summary>
    public IReadOnlyList<ConfiguredNode> Nodes { get; init; } = [];

    /// <summary>Where newcomers register; empty in a network whose nodes are all configured.</summary>
    public IReadOnlyList<NodeAddress> Seeds { get; init; } = [];

    /// <summary>Whether to look for other nodes on the local network.</summary>
    public bool Discover { get; init; }

    /// <summary>How many of the lowest live IDs keep a copy of everything; 1, the leader alone, by default.</summary>
    public int Copies { get; init; } = 1;

    /// <summary>The most peers that a node links to at once. 64 by default.</summary>
    public int MaxPeers { get; init; } = 64;

    /// <summary>The absolute path of the nodes.json that was read; null where there was none.</summary>
    public string? ConfigFile { get; init; }
}

/// <summary>One node as nodes.json names it.</summary>
public sealed record ConfiguredNode(NodeId Id, NodeAddress Address);
