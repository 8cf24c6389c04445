using P2PNode.Core;

namespace P2PNode.Protocol;

/// <summary>How a peer failed.</summary>
public enum PeerFault
{
    /// <summary>The address answered that nobody listens there.</summary>
    ConnectionRefused,

    /// <summary>No route, no such host, or another failure to connect.</summary>
    Unreachable,

    /// <summary>A deadline passed.</summary>
    TimedOut,

    /// <summary>The peer said no; the message holds its reason.</summary>
    Rejected,

    /// <summary>The token with which this node wants to join was used before, with another key.</summary>
    TokenUsed,

    /// <summary>The peer could not prove that it is a member of this network.</summary>
    NotAdmitted,

    /// <summary>The peer is a member of another network.</summary>
    OtherNetwork,

    /// <summary>The peer is a member no more: it is on the deny list.</summary>
    Revoked,

    /// <summary>The peer has as many links with this node as it takes; when one of them ends it takes another.</summary>
    Full,

    /// <summary>The peer has a link with another process that has this node's ID.</summary>
    DuplicateId,

    /// <summary>The two are linked already.</summary>
    AlreadyLinked,

    /// <summary>The peer sent what the protocol does not allow.</summary>
    Violation,

    /// <summary>The connection broke.</summary>
    Lost,
}

/// <summary>A peer could not be reached or broke the protocol. The connection is gone; the node lives on.</summary>
public sealed class PeerException(PeerFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    public PeerFault Fault { get; } = fault;

    /// <summary>Whom a peer that is <see cref="PeerFault.Full"/> names in its place: hearsay.</summary>
    public IReadOnlyList<PeerHint> Others { get; init; } = [];

    /// <summary>With <see cref="PeerFault.OtherNetwork"/>: the ID of the network that the peer says to be of; null where it does not say.</summary>
    public string? Network { get; init; }

    /// <summary>With <see cref="PeerFault.DuplicateId"/>: for how long the peer waits for a word of the other process; zero where it does not say.</summary>
    public TimeSpan Patience { get; init; }

    /// <summary>With <see cref="PeerFault.Full"/>: the leader that the peer hears; null where it hears none, or does not say.</summary>
    public NodeId? Leader { get; init; }

    internal static PeerException Violation(string message, Exception? inner = null) =>
        new(PeerFault.Violation, message, inner);

    internal static PeerException Lost(Exception inner) => new(PeerFault.Lost, inner.Message, inner);
}
