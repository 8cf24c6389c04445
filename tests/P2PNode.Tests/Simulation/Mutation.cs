using P2PNode.Core.Catalogue;
using P2PNode.Core.Election;

namespace P2PNode.Tests.Simulation;

/// <summary>A product with one rule broken, to show that the simulator would notice.</summary>
internal sealed record Mutation(string Name)
{
    public ElectionRules Rules { get; init; } = new();

    public ListingRules ListingRules { get; init; } = new();

    public bool DiskSyncs { get; init; } = true;

    /// <summary>Whether a restarted node knows when it last claimed.</summary>
    public bool RemembersClaims { get; init; } = true;

    /// <summary>Whether numbers are reserved on the disk before they are given.</summary>
    public bool ReservesNumbers { get; init; } = true;

    /// <summary>Whether a listing that was lost begins anew under another ID.</summary>
    public bool RenewsListIds { get; init; } = true;

    /// <summary>Whether batches are taken only over the link that they were asked for.</summary>
    public bool KnowsWhomItAsked { get; init; } = true;

    /// <summary>Whether a leader tells its stand-ins when an owner has begun another list.</summary>
    public bool TellsOfNewLists { get; init; } = true;

    public override string ToString() => Name;
}
