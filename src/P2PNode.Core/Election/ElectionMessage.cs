using System.Collections.Immutable;

namespace P2PNode.Core.Election;

/// <summary>
/// What nodes say to one another to agree on a leader. Every message carries the epoch that its sender has accepted. As
/// that never goes back on any node, a message under a lower epoch than its sender has shown before is a late one.
/// </summary>
public abstract record ElectionMessage
{
    private protected ElectionMessage() { }

    public required Epoch Epoch { get; init; }
}

/// <summary>From a leader to all, once per H and as a greeting: I lead.</summary>
public sealed record Heartbeat : ElectionMessage;

/// <summary>From a new leader to all: I lead from now on.</summary>
public sealed record Claim : ElectionMessage;

/// <summary>
/// From anyone else: whom I follow. A greeting on every new link, the answer to a heartbeat, and news to all linked
/// peers when it changes; from a former leader it says that it leads no more.
/// </summary>
/// <param name="Leader">Null while the sender hears no leader.</param>
public sealed record Following(NodeId? Leader) : ElectionMessage;

/// <summary>The answer to a leader that the sender does not accept (design 3.1).</summary>
/// <param name="Leader">The leader that the sender accepts instead, null while it hears none.</param>
public sealed record Stale(NodeId? Leader) : ElectionMessage;

/// <summary>From a candidate, before it claims (design 3.3; Raft's pre-vote): does anything speak against it?</summary>
/// <param name="Round">Comes back in the answer, so that a late answer to an earlier round is known as such.</param>
public sealed record PreVote(long Round) : ElectionMessage;

/// <summary>The answer to <see cref="PreVote"/>: nothing that I know of. Promises nothing.</summary>
public sealed record Grant(long Round) : ElectionMessage;

/// <summary>The answer to <see cref="PreVote"/>: do not claim.</summary>
/// <param name="Round">That of the question.</param>
/// <param name="Leader">
/// The leader that the sender hears. Where the sender is lower and will stand itself, the one that it was told of and
/// cannot reach, or null.
/// </param>
public sealed record Objection(long Round, NodeId? Leader) : ElectionMessage;

/// <summary>From a follower to its leader: this node can reach me and looks for a leader, so it cannot reach you.</summary>
public sealed record CutOff(NodeId Node) : ElectionMessage;

/// <summary>From a lower ID to the leader that it follows: let me lead (design 3.5).</summary>
/// <param name="Reaches">All that the sender has a link with. It must include all that follow the leader.</param>
public sealed record YieldRequest(ImmutableSortedSet<NodeId> Reaches) : ElectionMessage;

/// <summary>From a leader to the lower ID that asked: all is handed over, claim now (Raft's TimeoutNow).</summary>
public sealed record Yield : ElectionMessage;
