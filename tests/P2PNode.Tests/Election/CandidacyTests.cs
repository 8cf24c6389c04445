using P2PNode.Core.Election;
using static P2PNode.Tests.Election.Elector;

namespace P2PNode.Tests.Election;

/// <summary>Rules 3 and 4 of design 3: who asks whom, who objects, who claims.</summary>
public class CandidacyTests
{
    [Fact]
    public void A_candidate_claims_once_all_that_it_asked_agreed()
    {
        var node = Orphan(self: 2, last: 4);
        node.Link(3);
        node.Unlink(4, LinkEnd.Refused);

        Assert.Contains(new Send(Id(3), new Claim { Epoch = E(6) }), node.Hear(3, new Grant(1) { Epoch = E(5) }));
    }

    [Fact]
    public void A_candidate_that_gets_no_answer_claims_after_half_a_heartbeat()
    {
        var node = Orphan(self: 2, last: 3);
        node.Link(3);

        Assert.DoesNotContain(new PersistEpoch(E(6), Id(2)), node.Wait(0.4));
        Assert.Contains(new PersistEpoch(E(6), Id(2)), node.Wait(0.2));
    }

    [Fact]
    public void A_candidate_waits_half_a_heartbeat_for_each_lower_ID_that_lives()
    {
        var node = Orphan(self: 4, last: 4);
        node.Link(2);
        node.Unlink(3, LinkEnd.Refused);

        Assert.DoesNotContain(new Send(Id(2), new PreVote(1) { Epoch = E(5) }), node.Wait(0.4));
        Assert.Contains(new Send(Id(2), new PreVote(1) { Epoch = E(5) }), node.Wait(0.2));
    }

    [Fact]
    public void A_claim_takes_the_epoch_after_the_highest_seen()
    {
        var node = Orphan(self: 2, last: 3);
        node.Link(3);

        node.Hear(3, new Grant(1) { Epoch = E(40) });

        Assert.Equal(E(41), node.Machine.Epoch);
    }

    [Fact]
    public void Whoever_hears_a_leader_objects_and_tells_it_of_the_node_that_does_not()
    {
        var node = Following(leader: 1, self: 2, last: 3);
        node.Link(3);

        Assert.Equal(
            [
                new Send(Id(3), new Objection(8, Id(1)) { Epoch = E(5) }),
                new Send(Id(1), new CutOff(Id(3)) { Epoch = E(5) }),
            ],
            node.Hear(3, new PreVote(8) { Epoch = E(5) }));
    }

    [Fact]
    public void Whoever_lost_the_leader_too_does_not_object_to_a_lower_ID()
    {
        var node = Orphan(self: 3, last: 3);
        node.Link(2);

        Assert.Equal(
            [new Send(Id(2), new Grant(8) { Epoch = E(5) })],
            node.Hear(2, new PreVote(8) { Epoch = E(5) }));
    }

    [Fact]
    public void A_lower_ID_that_will_stand_itself_objects()
    {
        var node = Orphan(self: 2, last: 3);
        node.Link(3);

        Assert.Contains(
            new Send(Id(3), new Objection(8, null) { Epoch = E(5) }),
            node.Hear(3, new PreVote(8) { Epoch = E(5) }));
    }

    [Fact]
    public void A_leader_that_is_asked_shows_itself()
    {
        var node = Leading(self: 1, last: 3);

        Assert.Equal(
            [
                new Send(Id(3), new Objection(8, Id(1)) { Epoch = E(5) }),
                new Send(Id(3), new Heartbeat { Epoch = E(5) }),
            ],
            node.Hear(3, new PreVote(8) { Epoch = E(5) }));
    }

    [Fact]
    public void A_leader_that_asks_is_no_leader_any_more()
    {
        var node = Following(leader: 1, self: 2, last: 3);

        Assert.Contains(new Send(Id(1), new Grant(1) { Epoch = E(5) }), node.Hear(1, new PreVote(1) { Epoch = E(5) }));
    }

    [Fact]
    public void An_objection_stops_a_candidate_until_it_is_taken_back()
    {
        var node = Orphan(self: 2, last: 3);
        node.Link(3);
        node.Hear(3, new Objection(1, Id(1)) { Epoch = E(5) });
        Assert.Empty(node.Wait(1.4));

        Assert.Contains(
            new Send(Id(3), new PreVote(2) { Epoch = E(5) }),
            node.Hear(3, new Following(null) { Epoch = E(5) }));
    }

    [Fact]
    public void An_answer_to_an_earlier_round_counts_for_nothing()
    {
        var node = Orphan(self: 2, last: 3);
        node.Link(3);
        node.Hear(3, new Objection(1, Id(1)) { Epoch = E(5) });
        node.Wait(1.6);

        Assert.Empty(node.Hear(3, new Grant(1) { Epoch = E(5) }));
    }

    [Fact]
    public void A_node_that_cannot_reach_the_leader_that_others_hear_says_so_and_keeps_trying()
    {
        var node = Orphan(self: 2, last: 3);
        node.Link(3);

        node.Hear(3, new Objection(1, Id(1)) { Epoch = E(5) });

        Assert.Equal(Id(1), node.Machine.CannotReachLeader);
        Assert.Contains(Id(1), node.Machine.LinksWanted);
        Assert.Contains(new Send(Id(3), new PreVote(2) { Epoch = E(5) }), node.Wait(2));
    }

    /// <summary>A node that has just lost leader 1, whose process is gone.</summary>
    private static Elector Orphan(int self, int last)
    {
        var node = Following(leader: 1, self, last);
        node.Unlink(1, LinkEnd.Refused);
        return node;
    }
}
