using P2PNode.Core.Election;
using static P2PNode.Tests.Election.Elector;

namespace P2PNode.Tests.Election;

public class StartTests
{
    [Fact]
    public void A_node_that_is_alone_leads_at_once()
    {
        var node = new Elector(7);

        Assert.Equal((Role.Leader, Id(7), E(1)), (node.Machine.Role, node.Machine.Leader!.Value, node.Machine.Epoch));
    }

    [Fact]
    public void A_node_alone_in_a_network_that_forms_itself_waits_until_it_may_have_heard_of_others()
    {
        var machine = new ElectionMachine(Id(7), ElectionPast.None, new ElectionOptions { Breadth = 5 }, TimeSpan.Zero);

        machine.Step(new(TimeSpan.Zero, 0), new MembersKnown([]));
        Assert.Equal(Role.Joining, machine.Role);

        for (var wake = machine.WakeAt; wake <= TimeSpan.FromSeconds(2.1); wake = machine.WakeAt)
            machine.Step(new(wake, 0), new Tick());
        Assert.Equal(Role.Leader, machine.Role);
    }

    [Fact]
    public void A_node_that_does_not_know_its_members_yet_waits_for_them()
    {
        var machine = new ElectionMachine(Id(7), ElectionPast.None, new ElectionOptions(), TimeSpan.Zero);

        machine.Step(new(TimeSpan.Zero, 0), new Tick());

        Assert.Equal(Role.Joining, machine.Role);
    }

    [Fact]
    public void Members_that_do_not_answer_are_waited_for_until_nothing_has_changed_for_two_heartbeats()
    {
        var node = new Elector(1, 2);
        node.Unlink(2, LinkEnd.Refused);

        node.Wait(1.9);
        Assert.Equal(Role.Joining, node.Machine.Role);

        node.Wait(0.2);
        Assert.Equal(Role.Leader, node.Machine.Role);
    }

    [Fact]
    public void A_refusal_said_again_is_no_change()
    {
        var node = new Elector(1, 2);
        node.Unlink(2, LinkEnd.Refused);
        node.Wait(1.5);
        node.Unlink(2, LinkEnd.Refused);

        node.Wait(0.6);

        Assert.Equal(Role.Leader, node.Machine.Role);
    }

    [Fact]
    public void Members_that_come_and_go_are_not_waited_for_forever()
    {
        var node = new Elector(1, 2);
        for (var half = 0; half < 20; half++)
        {
            node.Link(2);
            node.Unlink(2, LinkEnd.Silent);
            node.Wait(0.5);
        }

        Assert.Equal(Role.Leader, node.Machine.Role);
    }

    [Fact]
    public void A_node_that_finds_a_leader_follows_it_at_once()
    {
        var node = new Elector(1, 2, 3);
        node.Link(3);

        node.Hear(3, new Heartbeat { Epoch = E(4) });

        Assert.Equal((Role.Follower, Id(3), E(4)), (node.Machine.Role, node.Machine.Leader!.Value, node.Machine.Epoch));
    }

    [Fact]
    public void The_first_claim_takes_no_time_once_all_members_answered()
    {
        var node = new Elector(1, 2);
        node.Link(2);

        Assert.Equal(
            [new Send(Id(2), new PreVote(1) { Epoch = E(0) })],
            node.Hear(2, new Following(null) { Epoch = E(0) }));
        Assert.Equal(
            [
                new PersistEpoch(E(1), Id(1)),
                new Send(Id(2), new Claim { Epoch = E(1) }),
                new LeaderChanged(E(1), Id(1)),
            ],
            node.Hear(2, new Grant(1) { Epoch = E(0) }));
    }

    [Fact]
    public void A_node_that_does_not_know_when_it_last_claimed_may_have_done_so_just_before_and_waits_one_heartbeat()
    {
        var node = Restarted(self: 1, epoch: 8, leader: 1);

        node.Wait(0.9);
        Assert.Equal(Role.Electing, node.Machine.Role);

        node.Wait(0.2);
        Assert.Equal((Role.Leader, E(9)), (node.Machine.Role, node.Machine.Epoch));
    }

    [Theory]
    [InlineData(0.25, 0.75)]
    [InlineData(0.999, 0.001)]
    [InlineData(-3600, 1)]
    public void A_restarted_node_waits_for_what_is_left_of_the_heartbeat_after_its_last_claim(double since, double left)
    {
        var node = Restarted(self: 1, epoch: 8, leader: 1, TimeSpan.FromSeconds(since));

        node.Wait(left - 0.0005);
        Assert.Equal(Role.Electing, node.Machine.Role);

        node.Wait(0.001);
        Assert.Equal((Role.Leader, E(9)), (node.Machine.Role, node.Machine.Epoch));
    }

    [Fact]
    public void A_restarted_node_whose_last_claim_is_long_past_need_not_wait()
    {
        Assert.Equal(Role.Leader, Restarted(self: 1, epoch: 8, leader: 1, TimeSpan.FromSeconds(1)).Machine.Role);
        Assert.Equal(Role.Leader, Restarted(self: 1, epoch: 8, leader: 2, TimeSpan.MaxValue).Machine.Role);
    }

    [Fact]
    public void A_node_that_is_asked_while_it_joins_takes_part_in_the_election_at_once()
    {
        var node = new Elector(2, 1, 3, 4);
        node.Link(3);

        node.Hear(3, new PreVote(1) { Epoch = E(5) });

        Assert.Equal(Role.Electing, node.Machine.Role);
    }
}
