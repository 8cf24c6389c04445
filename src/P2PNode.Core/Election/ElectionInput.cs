using System.Collections.Immutable;

namespace P2PNode.Core.Election;

/// <summary>What can happen to an election.</summary>
public abstract record ElectionInput
{
    private protected ElectionInput() { }
}

/// <summary>Time has passed; due at the latest when <c>WakeAt</c> is reached, harmless at any other time.</summary>
public sealed record Tick : ElectionInput;

/// <summary>A linked peer sent an election message.</summary>
public sealed record Received(NodeId From, ElectionMessage Message) : ElectionInput;

/// <summary>A link to a peer is ready, or was replaced by a new one: whatever was said on the old one may be lost.</summary>
public sealed record LinkUp(NodeId Peer) : ElectionInput
{
    /// <summary>The peer's own heartbeat. One that is slower than this node's is waited for as long; else it does not count.</summary>
    public TimeSpan Heartbeat { get; init; }
}

/// <summary>The link to a peer is gone, or an attempt to get one failed.</summary>
public sealed record LinkDown(NodeId Peer, LinkEnd End) : ElectionInput
{
    /// <summary>With <see cref="LinkEnd.Full"/>: the leader that the peer hears, itself where it leads; null where it hears none.</summary>
    public NodeId? Leader { get; init; }
}

/// <summary>
/// All members that this node knows of, itself left out, whatever their state. Due before the first <see cref="Tick"/>,
/// even where it is empty: until then a node waits in case there are some.
/// </summary>
public sealed record MembersKnown(ImmutableSortedSet<NodeId> Members) : ElectionInput;

/// <summary>Whether this node's copy of the catalogue has caught up with the leader's.</summary>
public sealed record CatalogueCaughtUp(bool Value) : ElectionInput;

/// <summary>The answer to <see cref="PrepareYield"/>: what had to be finished or checkpointed is.</summary>
public sealed record YieldPrepared(NodeId To) : ElectionInput;

/// <summary>How a link ended.</summary>
public enum LinkEnd
{
    /// <summary>The peer fell silent, or could not be reached in time. It may live.</summary>
    Silent,

    /// <summary>The link was reset and a new dial was refused: no process listens there.</summary>
    Refused,

    /// <summary>The peer said that it stops.</summary>
    Goodbye,

    /// <summary>One of the two closed the link because followers do not keep links between themselves.</summary>
    NotNeeded,

    /// <summary>The peer lives and has as many links as it takes, one of them with a lower ID than this node's, or is lower itself.</summary>
    Full,
}
