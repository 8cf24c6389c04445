using System.Collections.Immutable;

namespace P2PNode.Core.Membership;

/// <summary>What members say to one another to stay connected and to know who lives (docs/protocol.md, Overlay).</summary>
public abstract record OverlayMessage
{
    private protected OverlayMessage() { }
}

/// <summary>Be my neighbour. Always granted.</summary>
/// <param name="Digest">That of the sender's table.</param>
public sealed record NeighbourRequest(ulong Digest) : OverlayMessage;

/// <summary>The answer: we are neighbours.</summary>
/// <param name="Digest">That of the sender's table.</param>
public sealed record NeighbourAnswer(ulong Digest) : OverlayMessage;

/// <summary>We are neighbours no more.</summary>
public sealed record Parted : OverlayMessage;

/// <summary>To the neighbours: who the sender's neighbours are, so that they know whom to ask about it.</summary>
public sealed record NeighboursAre(ImmutableArray<NodeId> Neighbours) : OverlayMessage;

/// <summary>Do you live? Answered by <see cref="ProbeAnswer"/>, whoever asks.</summary>
/// <param name="Digest">That of the sender's table.</param>
public sealed record Probe(ulong Digest) : OverlayMessage;

/// <summary>I live.</summary>
/// <param name="Digest">That of the sender's table.</param>
/// <param name="IsNeighbour">Whether the sender takes the receiver for a neighbour: a word about that may be lost.</param>
public sealed record ProbeAnswer(ulong Digest, bool IsNeighbour) : OverlayMessage;

/// <summary>Do you reach a member that I do not?</summary>
public sealed record WitnessQuestion(NodeId Suspect, long Incarnation) : OverlayMessage;

/// <summary>Whether the suspect answered the witness.</summary>
public sealed record WitnessAnswer(NodeId Suspect, long Incarnation, bool Lives) : OverlayMessage;

/// <summary>What the sender knows of members: all of them, or what it learned of late.</summary>
public sealed record MemberNews(ImmutableArray<Member> Members) : OverlayMessage;

/// <summary>Some members that the sender could turn to, for some of the receiver's (HyParView).</summary>
public sealed record Shuffle(ImmutableArray<Member> Members, bool IsAnswer) : OverlayMessage;

/// <summary>What somebody said, forwarded by everyone at first receipt.</summary>
/// <param name="Id">Tells it from all other texts.</param>
/// <param name="Age">How long ago it was said, times on the way left out.</param>
/// <param name="Text">At most <see cref="OverlayOptions.MostTextBytes"/>.</param>
public sealed record Rumour(RumourId Id, TimeSpan Age, string Text) : OverlayMessage;

/// <summary>Texts of late that the sender has.</summary>
public sealed record RumoursKnown(ImmutableArray<RumourId> Ids) : OverlayMessage;

/// <summary>Texts that the sender missed; the answer to <see cref="RumoursKnown"/>.</summary>
public sealed record RumoursMissed(ImmutableArray<RumourId> Ids) : OverlayMessage;
