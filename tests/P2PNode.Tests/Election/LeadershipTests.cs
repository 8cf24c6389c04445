using P2PNode.Core.Election;
using static P2PNode.Tests.Election.Elector;

namespace P2PNode.Tests.Election;

/// <summary>Rules 4 to 7 of design 3 as a leader sees them.</summary>
public class LeadershipTests
{
    [Fact]
    public void A_leader_is_heard_once_per_heartbeat()
    {
        var node = Leading(self: 1, last: 2);

        var beats = node.Wait(10).OfType<Send>().Count(send => send.Message is Heartbeat);

        Assert.InRange(beats, 10, 11);
    }

    [Fact]
    public void A_newcomer_is_greeted_with_a_heartbeat()
    {
        var node = Leading(self: 1, last: 2);

        Assert.Equal([new Send(Id(2), new Heartbeat { Epoch = E(5) })], node.Link(2));
    }

    [Fact]
    public void A_higher_leader_that_meets_a_lower_one_steps_down_at_once()
    {
        var node = Leading(self: 2, last: 3);
        node.Link(1);

        var effects = node.Hear(1, new Heartbeat { Epoch = E(4) });

        Assert.Equal(Role.Electing, node.Machine.Role);
        Assert.Contains(new Send(Id(1), new Stale(null) { Epoch = E(5) }), effects);
        Assert.Contains(new LeaderChanged(E(5), null), effects);
    }

    [Fact]
    public void A_higher_leader_follows_a_lower_one_of_a_greater_epoch_at_once()
    {
        var node = Leading(self: 2, last: 3);
        node.Link(1);

        node.Hear(1, new Heartbeat { Epoch = E(6) });

        Assert.Equal((Role.Follower, Id(1)), (node.Machine.Role, node.Machine.Leader!.Value));
    }

    [Fact]
    public void A_lower_leader_that_meets_a_higher_one_claims_a_greater_epoch()
    {
        var node = Leading(self: 1, last: 3);
        node.Wait(1);

        node.Hear(3, new Heartbeat { Epoch = E(8) });

        Assert.Contains(new Send(Id(3), new Claim { Epoch = E(9) }), node.Wait(0.3));
    }

    [Fact]
    public void A_leader_that_is_outbid_again_and_again_claims_once_per_heartbeat()
    {
        var node = Leading(self: 1, last: 3);
        node.Wait(1);
        var claims = 0;
        for (var tenth = 0; tenth < 50; tenth++)
        {
            node.Hear(3, new Heartbeat { Epoch = E(node.Machine.Epoch.Value + 1) });
            claims += node.Wait(0.1).OfType<PersistEpoch>().Count();
        }

        Assert.InRange(claims, 4, 6);
    }

    [Fact]
    public void A_leader_does_not_heed_news_of_itself()
    {
        var node = Leading(self: 1, last: 3);
        node.Wait(1);

        node.Hear(3, new Stale(Id(1)) { Epoch = E(5) });

        Assert.DoesNotContain(node.Wait(3), effect => effect is PersistEpoch);
    }

    [Fact]
    public void A_leader_does_not_outbid_a_lower_one_that_it_hears_of()
    {
        var node = Leading(self: 2, last: 3);
        node.Wait(1);

        node.Hear(3, new Stale(Id(1)) { Epoch = E(8) });

        Assert.DoesNotContain(node.Wait(3), effect => effect is PersistEpoch);
    }

    [Fact]
    public void A_leader_outbids_an_epoch_whose_leader_is_gone()
    {
        var node = Leading(self: 2, last: 3);
        node.Wait(1);

        node.Hear(3, new Stale(null) { Epoch = E(8) });

        Assert.Contains(new PersistEpoch(E(9), Id(2)), node.Wait(1));
    }

    [Fact]
    public void A_leader_that_no_member_can_be_heard_by_leads_alone()
    {
        var node = Leading(self: 1, last: 3);
        node.Unlink(2, LinkEnd.Silent);
        node.Unlink(3, LinkEnd.Silent);

        node.Wait(60);

        Assert.Equal(Role.Leader, node.Machine.Role);
    }

    [Fact]
    public void A_leader_that_half_of_all_cannot_reach_stands_aside_after_two_heartbeats()
    {
        var node = Leading(self: 1, last: 4);
        node.Unlink(3, LinkEnd.Silent);
        node.Unlink(4, LinkEnd.Silent);
        node.Hear(2, new CutOff(Id(3)) { Epoch = E(5) });
        node.Hear(2, new CutOff(Id(4)) { Epoch = E(5) });

        node.Wait(1.9);
        Assert.Equal(Role.Leader, node.Machine.Role);

        node.Wait(0.2);
        Assert.Equal(Role.Electing, node.Machine.Role);
        Assert.Contains(new Send(Id(2), new Grant(1) { Epoch = E(5) }), node.Hear(2, new PreVote(1) { Epoch = E(5) }));
    }

    [Fact]
    public void A_leader_that_fewer_than_half_cannot_reach_leads_on()
    {
        var node = Leading(self: 1, last: 3);
        node.Unlink(3, LinkEnd.Silent);
        for (var beat = 0; beat < 30; beat++)
        {
            node.Hear(2, new Following(Id(1)) { Epoch = E(5) });
            node.Hear(2, new CutOff(Id(3)) { Epoch = E(5) });
            node.Wait(1);
        }

        Assert.Equal(Role.Leader, node.Machine.Role);
    }

    [Theory]
    [InlineData(1.0, Role.Leader)]
    [InlineData(10.0, Role.Electing)]
    public void A_leader_that_was_stopped_for_long_asks_before_it_leads_again(double heartbeats, Role role)
    {
        var node = Leading(self: 1, last: 2);
        node.Wait(1);

        node.Stop(heartbeats + 1);
        node.Step(new Tick());

        Assert.Equal(role, node.Machine.Role);
    }

    [Fact]
    public void A_leader_that_was_stopped_and_finds_itself_alone_looks_around_before_it_claims()
    {
        var node = Leading(self: 1, last: 3);
        node.Stop(10);
        node.Unlink(2, LinkEnd.Silent);
        node.Unlink(3, LinkEnd.Silent);

        Assert.DoesNotContain(node.Wait(0.9), effect => effect is LeaderChanged { Leader: not null });
        node.Link(2);
        node.Hear(2, new Heartbeat { Epoch = E(6) });
        node.Wait(2);

        Assert.Equal((Role.Follower, E(6)), (node.Machine.Role, node.Machine.Epoch));
    }

    [Fact]
    public void A_stopped_leader_that_was_replaced_follows_its_successor()
    {
        var node = Leading(self: 1, last: 2);

        node.Stop(10);
        node.Hear(2, new Heartbeat { Epoch = E(6) });

        Assert.Equal((Role.Follower, Id(2), E(6)), (node.Machine.Role, node.Machine.Leader!.Value, node.Machine.Epoch));
    }
}
