using P2PNode.Core;
using P2PNode.Core.Election;
using static P2PNode.Tests.Election.Elector;

namespace P2PNode.Tests.Election;

/// <summary>Rule 1 of design 3: whose word counts.</summary>
public class AcceptanceTests
{
    [Fact]
    public void The_epoch_is_on_disk_before_anybody_learns_of_it()
    {
        var node = new Elector(3, 1);
        node.Link(1);

        Assert.Equal(
            [
                new PersistEpoch(E(5), Id(1)),
                new Send(Id(1), new Following(Id(1)) { Epoch = E(5) }),
                new LeaderChanged(E(5), Id(1)),
            ],
            node.Hear(1, new Claim { Epoch = E(5) }));
    }

    [Fact]
    public void A_heartbeat_of_the_accepted_leader_is_answered()
    {
        var node = Following(leader: 1, self: 3, last: 3);

        Assert.Equal(
            [new Send(Id(1), new Following(Id(1)) { Epoch = E(5) })],
            node.Hear(1, new Heartbeat { Epoch = E(5) }));
    }

    [Fact]
    public void A_second_leader_in_one_epoch_is_refused()
    {
        var node = Following(leader: 2, self: 3, last: 3);
        node.Link(1);

        Assert.Equal(
            [new Send(Id(1), new Stale(Id(2)) { Epoch = E(5) })],
            node.Hear(1, new Claim { Epoch = E(5) }));
    }

    [Fact]
    public void A_second_leader_in_one_epoch_is_refused_after_a_restart_too()
    {
        var node = Restarted(3, epoch: 5, leader: 2, 1, 2);
        node.Link(1);

        Assert.Equal([new Send(Id(1), new Stale(null) { Epoch = E(5) })], node.Hear(1, new Claim { Epoch = E(5) }));
        node.Link(2);
        node.Hear(2, new Heartbeat { Epoch = E(5) });
        Assert.Equal(Id(2), node.Machine.Leader);
    }

    [Fact]
    public void A_past_epoch_is_refused()
    {
        var node = Following(leader: 2, self: 3, last: 3);
        node.Link(1);

        Assert.Equal(
            [new Send(Id(1), new Stale(Id(2)) { Epoch = E(5) })],
            node.Hear(1, new Heartbeat { Epoch = E(4) }));
    }

    [Fact]
    public void A_greater_epoch_is_accepted()
    {
        var node = Following(leader: 2, self: 3, last: 3);
        node.Link(1);

        node.Hear(1, new Claim { Epoch = E(6) });

        Assert.Equal((Id(1), E(6)), (node.Machine.Leader!.Value, node.Machine.Epoch));
    }

    [Fact]
    public void A_higher_ID_is_refused_in_any_epoch_while_a_lower_leader_is_heard()
    {
        var node = Following(leader: 1, self: 3, last: 3);
        node.Link(2);

        Assert.Equal(
            [new Send(Id(2), new Stale(Id(1)) { Epoch = E(5) })],
            node.Hear(2, new Claim { Epoch = E(9) }));
    }

    [Fact]
    public void A_higher_ID_is_accepted_once_the_lower_leader_is_lost()
    {
        var node = Following(leader: 1, self: 3, last: 3);
        node.Link(2);
        node.Unlink(1, LinkEnd.Refused);

        node.Hear(2, new Claim { Epoch = E(6) });

        Assert.Equal(Id(2), node.Machine.Leader);
    }

    [Fact]
    public void A_message_under_an_epoch_that_its_sender_has_left_is_a_late_one()
    {
        var node = Following(leader: 1, self: 3, last: 3);

        Assert.Empty(node.Hear(1, new Following(null) { Epoch = E(4) }));
        Assert.Equal(Id(1), node.Machine.Leader);
    }

    [Fact]
    public void Whoever_lost_its_epoch_is_heard_over_a_new_link()
    {
        var node = Following(leader: 1, self: 3, last: 3);
        node.Link(2);
        node.Hear(2, new Following(Id(1)) { Epoch = E(5) });
        node.Unlink(2, LinkEnd.NotNeeded);
        node.Link(2);

        Assert.Contains(new Send(Id(2), new Objection(8, Id(1)) { Epoch = E(5) }), node.Hear(2, new PreVote(8) { Epoch = E(0) }));
    }

    [Fact]
    public void A_message_without_a_link_is_a_late_one()
    {
        var node = Following(leader: 1, self: 3, last: 3);

        Assert.Empty(node.Hear(2, new Claim { Epoch = E(6) }));
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(1L << 33)]
    public void An_epoch_that_no_network_can_have_reached_is_not_believed(long absurd)
    {
        var node = Following(leader: 2, self: 3, last: 3);
        node.Link(1);

        Assert.Empty(node.Hear(1, new Claim { Epoch = E(absurd) }));
        Assert.Equal((Id(2), E(5)), (node.Machine.Leader!.Value, node.Machine.Epoch));
    }

    [Fact]
    public void Orders_count_under_the_accepted_leadership_alone()
    {
        var machine = Following(leader: 2, self: 3, last: 3).Machine;

        Assert.True(machine.Admits(E(5), Id(2)));
        Assert.False(machine.Admits(E(5), Id(1)));
        Assert.False(machine.Admits(E(4), Id(2)));
        Assert.False(machine.Admits(E(6), Id(2)));
    }

    [Fact]
    public void No_message_whatsoever_breaks_a_node()
    {
        var dice = new Random(1);
        var node = Following(leader: 2, self: 3, last: 6);
        for (var step = 0; step < 50_000; step++)
        {
            var before = node.Machine.Epoch;
            _ = dice.Next(20) switch
            {
                0 => node.Link(Peer()),
                1 => node.Unlink(Peer(), (LinkEnd)dice.Next(4)),
                2 => node.Wait(dice.NextDouble()),
                3 => node.Step(new YieldPrepared(Id(Peer()))),
                _ => node.Hear(Peer(), AnyMessage()),
            };
            Assert.True(node.Machine.Epoch >= before);
            Assert.Equal(node.Machine.Role is Role.Leader or Role.Yielding, node.Machine.Leader == node.Machine.Self);
        }

        // Itself is among the peers: nothing stops another node from using this node's number.
        int Peer() => dice.Next(1, 8);
        Epoch AnyEpoch() => E(dice.Next(8) == 0 ? dice.NextInt64() : NearEpoch());
        long NearEpoch() => Math.Max(0, node.Machine.Epoch.Value + dice.Next(-2, 3));
        NodeId? AnyNode() => dice.Next(4) == 0 ? null : Id(Peer());
        ElectionMessage AnyMessage() => dice.Next(10) switch
        {
            0 => new Heartbeat { Epoch = AnyEpoch() },
            1 => new Claim { Epoch = AnyEpoch() },
            2 => new Following(AnyNode()) { Epoch = AnyEpoch() },
            3 => new Stale(AnyNode()) { Epoch = AnyEpoch() },
            4 => new PreVote(dice.Next(3)) { Epoch = AnyEpoch() },
            5 => new Grant(dice.Next(30)) { Epoch = AnyEpoch() },
            6 => new Objection(dice.Next(30), AnyNode()) { Epoch = AnyEpoch() },
            7 => new CutOff(Id(Peer())) { Epoch = AnyEpoch() },
            8 => new YieldRequest([Id(Peer()), Id(Peer())]) { Epoch = AnyEpoch() },
            _ => new Yield { Epoch = AnyEpoch() },
        };
    }
}
