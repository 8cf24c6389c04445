using P2PNode.Core.Catalogue;
using static P2PNode.Tests.Simulation.Noticing;

namespace P2PNode.Tests.Simulation.Listings;

/// <summary>Each broken rule of the listings must be noticed too.</summary>
public class ListingMutationTests
{
    [Fact]
    public void Numbers_that_are_not_reserved_on_disk_are_noticed() =>
        IsNoticed(RunWithFaults, new("no reserve") { ReservesNumbers = false }, "names two", "went back");

    [Fact]
    public void A_list_ID_that_is_kept_after_a_loss_is_noticed() =>
        IsNoticed(RunWithFaults, new("old list ID") { RenewsListIds = false }, "names two", "went back");

    [Fact]
    public void A_gap_that_is_applied_is_noticed() =>
        IsNoticed(RunWithFaults, new("gap") { ListingRules = new AppliesGaps() }, "applied a gap", "did not take a whole batch");

    [Fact]
    public void A_digest_that_is_not_compared_is_noticed() =>
        IsNoticed(RunWithFaults, new("no digest") { ListingRules = new TrustsAnyDigest() }, "is not its list");

    [Fact]
    public void A_removal_that_is_dropped_is_noticed() =>
        IsNoticed(RunWithFaults, new("no removals") { ListingRules = new RemovesNothing() }, "did not take a whole batch");

    [Fact]
    public void A_snapshot_that_is_shown_before_it_is_whole_is_noticed() =>
        IsNoticed(RunWithFaults, new("half a snapshot") { ListingRules = new ShowsHalfSnapshots() }, "before it was whole");

    [Fact]
    public void A_batch_from_a_source_that_is_not_asked_any_more_is_noticed() =>
        IsNoticed(RunWithFaults, new("any source") { KnowsWhomItAsked = false }, "went back");

    [Fact]
    public void A_leader_that_does_not_tell_of_a_new_list_is_noticed() =>
        IsNoticed(RunWithFaults, new("silent leader") { TellsOfNewLists = false }, "follow node 1", "and its successor is complete");

    private sealed class AppliesGaps : ListingRules
    {
        public override bool Continues(ulong listId, long seq, ListingBatch batch) =>
            batch.ListId == listId && batch.LastSeq >= seq;
    }

    private sealed class TrustsAnyDigest : ListingRules
    {
        public override bool Agree(ListingDigest owners, ListingDigest mine) => true;
    }

    private sealed class RemovesNothing : ListingRules
    {
        public override bool Removes(FileEntry change) => false;
    }

    private sealed class ShowsHalfSnapshots : ListingRules
    {
        public override bool WaitsForWholeSnapshots => false;
    }
}
