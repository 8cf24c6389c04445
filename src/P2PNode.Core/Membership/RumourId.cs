namespace P2PNode.Core.Membership;

/// <summary>Names one text for as long as it goes round.</summary>
/// <param name="Origin">Who said it.</param>
/// <param name="Life">The incarnation that the origin started with. It outlasts refutations, so that none splits the numbers.</param>
/// <param name="Number">Counts the texts of that life, from 1.</param>
public readonly record struct RumourId(NodeId Origin, long Life, long Number);
