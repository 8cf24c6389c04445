using P2PNode.Core;
using P2PNode.Core.Election;
using static P2PNode.Tests.Simulation.Noticing;

namespace P2PNode.Tests.Simulation;

/// <summary>Each broken rule of the election must be noticed: a simulation that lets one pass proves nothing about the rule.</summary>
public class MutationTests
{
    [Fact]
    public void A_second_leader_accepted_in_one_epoch_is_noticed() =>
        IsNoticed(
            RunWithFaults,
            new("second leader in one epoch") { Rules = new AcceptsTwoLeaders() },
            "accepted leaders");

    [Fact]
    public void A_past_epoch_accepted_is_noticed() =>
        IsNoticed(RunWithFaults, new("past epoch") { Rules = new AcceptsAnything() }, "went back");

    [Fact]
    public void An_epoch_not_on_disk_before_it_is_told_is_noticed() =>
        IsNoticed(RunWithFaults, new("no sync") { DiskSyncs = false }, "went back", "accepted leaders");

    [Fact]
    public void A_claim_without_a_new_epoch_is_noticed() =>
        IsNoticed(RunWithFaults, new("epoch reused") { Rules = new ReusesEpochs() }, "accepted leaders");

    [Fact]
    public void Claims_in_quick_succession_are_noticed() =>
        IsNoticed(RunWithFaults, new("no limit of claims") { Rules = new ClaimsAtWill() }, "within one heartbeat");

    [Fact]
    public void A_claim_forgotten_over_a_restart_is_noticed() =>
        IsNoticed(RunWithFaults, new("claims forgotten") { RemembersClaims = false }, "within one heartbeat");

    [Fact]
    public void A_higher_leader_that_does_not_step_down_is_noticed() =>
        IsNoticed(RunWithFaults, new("stubborn leader") { Rules = new NeverGivesWay() }, "not within");

    [Fact]
    public void A_claim_without_asking_is_noticed() =>
        IsNoticed(
            KnownFailures.Two_of_three_reach_only_the_third,
            new("no pre-vote") { Rules = new NeverAsks() },
            "does not say");

    [Fact]
    public void A_lower_ID_without_hold_down_is_noticed() =>
        IsNoticed(KnownFailures.The_lowest_ID_flaps, new("no hold-down") { Rules = new HasNoPatience() }, "claims");

    [Fact]
    public void Ranks_over_dead_IDs_are_noticed() =>
        IsNoticed(
            KnownFailures.A_split_of_a_hundred,
            new("ranks over all") { Rules = new RanksTheDead() },
            "not within");

    [Fact]
    public void A_leader_that_most_cannot_reach_and_that_leads_on_is_noticed() =>
        IsNoticed(
            KnownFailures.The_lowest_ID_reaches_only_one,
            new("leads on") { Rules = new NeverStandsAside() },
            "not within");

    private sealed class AcceptsTwoLeaders : ElectionRules
    {
        public override bool MayAccept(Epoch mine, NodeId? accepted, Epoch theirs, NodeId leader) => theirs >= mine;
    }

    private sealed class AcceptsAnything : ElectionRules
    {
        public override bool MayAccept(Epoch mine, NodeId? accepted, Epoch theirs, NodeId leader) => true;
    }

    private sealed class ReusesEpochs : ElectionRules
    {
        public override Epoch EpochOfClaim(Epoch highestSeen) =>
            highestSeen == default ? highestSeen.Next : highestSeen;
    }

    private sealed class ClaimsAtWill : ElectionRules
    {
        public override TimeSpan BetweenClaims(ElectionOptions options) => TimeSpan.Zero;
    }

    private sealed class NeverGivesWay : ElectionRules
    {
        public override bool GivesWayTo(NodeId self, NodeId other) => false;
    }

    private sealed class NeverAsks : ElectionRules
    {
        public override bool AsksBeforeClaiming => false;
    }

    private sealed class HasNoPatience : ElectionRules
    {
        public override TimeSpan HoldDown(ElectionOptions options, int losses) => TimeSpan.Zero;
    }

    private sealed class RanksTheDead : ElectionRules
    {
        public override bool RanksLiveOnly => false;
    }

    private sealed class NeverStandsAside : ElectionRules
    {
        public override bool MustStandAside(int reached, int cutOff) => false;
    }
}
