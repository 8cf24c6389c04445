using P2PNode.Core;

namespace P2PNode.Node;

/// <summary>Everything one node needs to know before it starts. Immutable; vary it with <c>with</c>.</summary>
public sealed record NodeOptions
{
    /// <summary>The value of <see cref="Copies"/> that has every node keep a copy of everything.</summary>
    public const int EveryNode = int.MaxValue;

    public const int DefaultCopies = 1;

    /// <summary>As many as a network may have: whoever may come to lead has a link with everybody.</summary>
    public const int DefaultMaxPeers = NodeId.MostInNetwork;

    public required NodeId Id { get; init; }

    /// <summary>The user's folder, an absolute path; it need not exist yet.</summary>
    public required string Folder { get; init; }

    /// <summary>Where the node listens. With port 0 it chooses one itself, and keeps it (<see cref="OwnPort"/>).</summary>
    public required NodeAddress Listen { get; init; }

    /// <summary>The nodes that nodes.json names and this one; ascending by ID.</summary>
    public IReadOnlyList<ConfiguredNode> Nodes { get; init; } = [];

    /// <summary>Where newcomers register; empty in a network whose nodes are all configured.</summary>
    public IReadOnlyList<NodeAddress> Seeds { get; init; } = [];

    /// <summary>Whether to look for other nodes on the local network.</summary>
    public bool Discover { get; init; }

    /// <summary>Whether members come from elsewhere than nodes.json; then they are remembered over a restart.</summary>
    public bool FindsOthers => Discover || Seeds.Count > 0;

    /// <summary>Whether there is any way from this node to others; otherwise they have to find it, or it has to be told.</summary>
    public bool KnowsOfOthers => FindsOthers || Nodes.Any(node => node.Id != Id);

    /// <summary>How many of the lowest live IDs keep a copy of everything; by default the leader alone.</summary>
    public int Copies { get; init; } = DefaultCopies;

    /// <summary>The most that is sent over bulk links, in bytes a second; null without limit.</summary>
    public long? LimitUp { get; init; }

    /// <summary>The most that is taken over bulk links, in bytes a second; null without limit.</summary>
    public long? LimitDown { get; init; }

    /// <summary>The most peers that a node links to at once.</summary>
    public int MaxPeers { get; init; } = DefaultMaxPeers;

    public Intervals Intervals { get; init; } = new();

    /// <summary>
    /// Where the network's keys are looked for and made: the folder of nodes.json, or the working directory where there
    /// is none. Null for the folder that the node's own lies in.
    /// </summary>
    public string? Home { get; init; }

    /// <summary>The absolute path of the nodes.json that was read; null where there was none.</summary>
    public string? ConfigFile { get; init; }

    /// <summary>The same for a node that listens elsewhere.</summary>
    internal NodeOptions At(NodeAddress listen) => this with
    {
        Listen = listen,
        Nodes = [.. Nodes.Select(node => node.Id == Id ? node with { Address = listen } : node)],
    };
}

/// <summary>One node as nodes.json names it.</summary>
public sealed record ConfiguredNode(NodeId Id, NodeAddress Address);
