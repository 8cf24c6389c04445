using P2PNode.Core.Election;
using static P2PNode.Tests.Election.Elector;

namespace P2PNode.Tests.Election;

/// <summary>Rule 2 of design 3: when a leader counts as lost.</summary>
public class LossTests
{
    [Fact]
    public void A_leader_is_lost_after_three_missed_heartbeats()
    {
        var node = Following(leader: 1, self: 2, last: 3);

        node.Wait(2.9);
        Assert.Equal(Role.Follower, node.Machine.Role);

        Assert.Contains(new LeaderChanged(E(5), null), node.Wait(0.2));
        Assert.Equal(Role.Electing, node.Machine.Role);
    }

    [Theory]
    [InlineData(LinkEnd.Refused, Role.Electing)]
    [InlineData(LinkEnd.Goodbye, Role.Electing)]
    [InlineData(LinkEnd.Silent, Role.Follower)]
    public void A_leader_is_lost_at_once_if_its_process_is_gone_but_not_if_it_may_live(LinkEnd end, Role role)
    {
        var node = Following(leader: 1, self: 2, last: 3);

        node.Unlink(1, end);

        Assert.Equal(role, node.Machine.Role);
    }

    [Fact]
    public void A_leader_that_says_it_leads_no_more_is_lost()
    {
        var node = Following(leader: 1, self: 2, last: 3);

        node.Hear(1, new Following(null) { Epoch = E(5) });

        Assert.Equal(Role.Electing, node.Machine.Role);
    }

    [Fact]
    public void A_leader_that_names_a_lower_one_is_followed_until_that_one_claims()
    {
        var node = Following(leader: 2, self: 3, last: 3);
        node.Link(1);

        Assert.Empty(node.Hear(2, new Following(Id(1)) { Epoch = E(6) }));
        node.Hear(1, new Claim { Epoch = E(6) });

        Assert.Equal(Id(1), node.Machine.Leader);
    }

    [Fact]
    public void A_stopped_process_does_not_take_its_own_silence_for_that_of_its_leader()
    {
        var node = Following(leader: 1, self: 2, last: 3);
        node.Wait(0.5);

        node.Stop(10);
        node.Step(new Tick());

        Assert.Equal(Id(1), node.Machine.Leader);
    }
}
