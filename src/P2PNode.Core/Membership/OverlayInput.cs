using System.Collections.Immutable;

namespace P2PNode.Core.Membership;

/// <summary>What can happen to an overlay.</summary>
public abstract record OverlayInput
{
    private protected OverlayInput() { }
}

/// <summary>Time has passed; due at the latest when <see cref="OverlayMachine.WakeAt"/> is reached, harmless at any other time.</summary>
public sealed record TimePassed : OverlayInput;

/// <summary>A linked peer sent a message.</summary>
public sealed record MessageCame(NodeId From, OverlayMessage Message) : OverlayInput;

/// <summary>A link to a peer is ready, or was replaced by a new one: whatever was said on the old one may be lost.</summary>
/// <param name="Peer">What the peer said of itself.</param>
public sealed record LinkMade(Member Peer) : OverlayInput;

/// <summary>The link to a peer is gone, or an attempt to get one failed.</summary>
public sealed record LinkGone(NodeId Peer, LinkFate Fate) : OverlayInput;

/// <summary>A file, a seed or discovery tells of members.</summary>
public sealed record MembersTold(ImmutableArray<Member> Members) : OverlayInput;

/// <summary>The user says something to all.</summary>
public sealed record TextSaid(string Text) : OverlayInput;

/// <summary>How a link or an attempt to get one ended.</summary>
public enum LinkFate
{
    /// <summary>The peer fell silent, vanished, or could not be reached in time. It may live.</summary>
    Lost,

    /// <summary>The dial was refused: no process listens there.</summary>
    Refused,

    /// <summary>The peer said that it stops.</summary>
    Goodbye,

    /// <summary>One of the two has no use for it.</summary>
    NotNeeded,
}
