using P2PNode.Core;
using P2PNode.Protocol;

namespace P2PNode.Transport;

/// <summary>What happens to the links of this node, in the order in which it happened.</summary>
public abstract record LinkEvent
{
    private protected LinkEvent() { }
}

/// <summary>A link is ready. An older one to the same peer, if there was any, is replaced by it.</summary>
public sealed record LinkOpened(Link Link) : LinkEvent;

/// <summary>The link to a peer is gone and no other has taken its place.</summary>
public sealed record LinkClosed(Link Link, LinkEnding Ending) : LinkEvent;

/// <summary>An attempt to get a link failed; more follow.</summary>
/// <param name="Peer">Who was dialled.</param>
/// <param name="Address">Where.</param>
/// <param name="Fault">What went wrong.</param>
/// <param name="Reason">The same for people.</param>
/// <param name="Others">Whom a peer that takes no more links named in its place.</param>
public sealed record DialFailed(NodeId Peer, NodeAddress Address, PeerFault Fault, string Reason, IReadOnlyList<PeerHint> Others) : LinkEvent
{
    /// <summary>The ID of the network that a peer of another one says to be of; null where it does not say.</summary>
    public string? Network { get; init; }

    /// <summary>For how long a peer that says that another process has this node's ID waits for a word of that one; zero where it does not say.</summary>
    public TimeSpan Patience { get; init; }

    /// <summary>The leader that a peer hears which takes no more links; null where it hears none, or does not say.</summary>
    public NodeId? Leader { get; init; }
}
