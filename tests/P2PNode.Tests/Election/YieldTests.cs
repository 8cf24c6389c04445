using P2PNode.Core.Election;
using static P2PNode.Tests.Election.Elector;

namespace P2PNode.Tests.Election;

/// <summary>Rule 5 of design 3: a lower ID returns.</summary>
public class YieldTests
{
    [Fact]
    public void A_lower_ID_asks_to_lead_after_the_hold_down()
    {
        var node = Following(leader: 3, self: 1, last: 3);
        node.CatchUp();

        Assert.Empty(Requests(node, 2.9));
        Assert.Equal([Id(3)], Assert.Single(Requests(node, 0.2)).Reaches);
    }

    [Fact]
    public void A_lower_ID_does_not_ask_before_its_catalogue_has_caught_up()
    {
        var node = Following(leader: 3, self: 1, last: 3);

        Assert.Empty(Requests(node, 10));
    }

    [Fact]
    public void A_higher_ID_never_asks()
    {
        var node = Following(leader: 1, self: 2, last: 3);
        node.CatchUp();

        Assert.Empty(Requests(node, 10));
    }

    [Fact]
    public void A_node_that_lost_a_leadership_of_late_holds_down_twice_as_long()
    {
        var node = Restarted(1, epoch: 5, leader: 1, 2, 3);
        node.Link(3);
        node.Hear(3, new Heartbeat { Epoch = E(6) });
        node.CatchUp();

        Assert.Empty(Requests(node, 5.9));
        Assert.NotEmpty(Requests(node, 0.2));
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(1, 6)]
    [InlineData(4, 48)]
    [InlineData(5, 60)]
    [InlineData(1000, 60)]
    public void The_hold_down_doubles_up_to_sixty_heartbeats(int losses, int heartbeats)
    {
        var options = new ElectionOptions();

        Assert.Equal(heartbeats * options.Heartbeat, new ElectionRules().HoldDown(options, losses));
    }

    [Fact]
    public void A_loss_is_forgotten_after_ten_minutes()
    {
        var holdDown = new HoldDown(new ElectionOptions(), new ElectionRules());
        holdDown.CountLoss(Id(1), TimeSpan.Zero);

        Assert.Equal(TimeSpan.FromSeconds(6), holdDown.For(Id(1), TimeSpan.FromMinutes(10)));
        Assert.Equal(TimeSpan.FromSeconds(3), holdDown.For(Id(1), TimeSpan.FromMinutes(10.1)));
    }

    [Fact]
    public void A_leader_prepares_then_yields_then_follows()
    {
        var node = Heir();

        Assert.Equal([new PrepareYield(Id(1))], node.Hear(1, Request(2, 3)));
        Assert.Equal(Role.Yielding, node.Machine.Role);
        Assert.Equal([new Send(Id(1), new Yield { Epoch = E(5) })], node.Step(new YieldPrepared(Id(1))));
        node.Hear(1, new Claim { Epoch = E(6) });
        Assert.Equal((Role.Follower, Id(1)), (node.Machine.Role, node.Machine.Leader!.Value));
    }

    [Fact]
    public void A_leader_does_not_yield_to_a_node_that_reaches_fewer_of_its_followers()
    {
        var node = Heir();

        Assert.Empty(node.Hear(1, Request(2)));
    }

    [Fact]
    public void A_leader_counts_the_hold_down_itself_since_a_restarted_node_forgets()
    {
        var node = Leading(self: 2, last: 3);
        node.Link(1);
        node.Hear(1, new Following(Id(2)) { Epoch = E(5) });

        Assert.Empty(node.Hear(1, Request(2, 3)));
    }

    [Fact]
    public void A_leader_goes_on_where_the_lower_ID_vanishes()
    {
        var node = Heir();
        node.Hear(1, Request(2, 3));

        Assert.Equal([new YieldCalledOff(Id(1))], node.Unlink(1, LinkEnd.Silent));
        Assert.Equal(Role.Leader, node.Machine.Role);
    }

    [Fact]
    public void A_leader_goes_on_where_no_claim_follows()
    {
        var node = Heir();
        node.Hear(1, Request(2, 3));
        node.Step(new YieldPrepared(Id(1)));

        node.Wait(3.1);

        Assert.Equal((Role.Leader, E(5)), (node.Machine.Role, node.Machine.Epoch));
    }

    [Fact]
    public void A_lower_ID_claims_when_its_leader_yields_and_not_when_another_node_says_so()
    {
        var node = Following(leader: 3, self: 1, last: 3);
        node.Link(2);
        node.CatchUp();
        Assert.NotEmpty(Requests(node, 3.1));

        Assert.Empty(node.Hear(2, new Yield { Epoch = E(5) }));
        Assert.Contains(new PersistEpoch(E(6), Id(1)), node.Hear(3, new Yield { Epoch = E(5) }));
    }

    [Fact]
    public void A_lower_ID_that_was_stopped_after_it_asked_does_not_take_an_old_yield_for_a_new_one()
    {
        var node = Following(leader: 3, self: 1, last: 3);
        node.CatchUp();
        Assert.NotEmpty(Requests(node, 3.1));

        node.Stop(10);

        Assert.DoesNotContain(node.Hear(3, new Yield { Epoch = E(5) }), effect => effect is PersistEpoch);
    }

    [Fact]
    public void A_higher_ID_does_not_claim_whoever_yields()
    {
        var node = Following(leader: 1, self: 2, last: 3);

        Assert.Empty(node.Hear(1, new Yield { Epoch = E(5) }));
    }

    /// <summary>Node 2, which leads nodes 1 and 3, the former for longer than any hold-down.</summary>
    private static Elector Heir()
    {
        var node = Leading(self: 2, last: 3);
        node.Link(1);
        for (var beat = 0; beat < 4; beat++)
        {
            node.Hear(1, new Following(Id(2)) { Epoch = E(5) });
            node.Hear(3, new Following(Id(2)) { Epoch = E(5) });
            node.Wait(1);
        }

        return node;
    }

    private static YieldRequest Request(params int[] reaches) => new([.. reaches.Select(Id)]) { Epoch = E(5) };

    private static List<YieldRequest> Requests(Elector node, double heartbeats)
    {
        var requests = new List<YieldRequest>();
        for (var left = heartbeats; left > 0; left -= 0.5)
        {
            var said = node.Wait(Math.Min(left, 0.5)).OfType<Send>().Select(send => send.Message);
            requests.AddRange(said.OfType<YieldRequest>());
            if (node.Machine.Leader is { } leader)
                node.Hear(leader.Value, new Heartbeat { Epoch = node.Machine.Epoch });
        }

        return requests;
    }
}
