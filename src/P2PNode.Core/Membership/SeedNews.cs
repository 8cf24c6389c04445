namespace P2PNode.Core.Membership;

/// <summary>What came of something that a seed was told.</summary>
public abstract record SeedNews;

/// <summary>Nothing.</summary>
public sealed record SeedIgnored : SeedNews;

/// <summary>A member is registered that was not, or not there, or not in this life.</summary>
/// <param name="Member">As it registered.</param>
/// <param name="Before">As it was registered until now; null if it was not.</param>
public sealed record SeedRegistered(Member Member, Member? Before) : SeedNews;

/// <summary>A member has renewed its registration, and nothing else.</summary>
public sealed record SeedRenewed(Member Member) : SeedNews;

/// <summary>There is no room for a newcomer.</summary>
public sealed record SeedFull(Member Member) : SeedNews;

/// <summary>A member registers in a life that is over: the seed knows of a later one, or that it died in this one.</summary>
/// <param name="Known">What is known, with the incarnation that has to be outdone.</param>
public sealed record SeedOutdated(Member Known) : SeedNews;

/// <summary>A member was reported dead, and is to be probed.</summary>
public sealed record SeedSuspects(Member Member) : SeedNews;

/// <summary>A member is dead.</summary>
public sealed record SeedDied(Member Member) : SeedNews;

/// <summary>A member has said goodbye.</summary>
public sealed record SeedLeft(Member Member) : SeedNews;
