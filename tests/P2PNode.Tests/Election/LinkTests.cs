using P2PNode.Core.Election;
using static P2PNode.Tests.Election.Elector;

namespace P2PNode.Tests.Election;

/// <summary>Which links a node needs before, during and after an election.</summary>
public class LinkTests
{
    [Fact]
    public void A_settled_follower_wants_one_link_and_drops_those_to_its_fellows_after_a_grace()
    {
        var node = Following(leader: 1, self: 2, last: 3);
        node.Link(3);
        node.Hear(3, new Following(Id(1)) { Epoch = E(5) });
        node.Hear(1, new Heartbeat { Epoch = E(5) });

        Assert.Equal([Id(1)], node.Machine.LinksWanted);
        Assert.DoesNotContain(new DropLink(Id(3)), node.Wait(1.9));
        Assert.Single(node.Wait(0.5), new DropLink(Id(3)));
    }

    [Fact]
    public void A_link_to_a_node_that_has_no_leader_is_kept()
    {
        var node = Following(leader: 1, self: 2, last: 3);
        node.Link(3);
        node.Hear(3, new Following(null) { Epoch = E(5) });

        Assert.DoesNotContain(new DropLink(Id(3)), node.Wait(2.9));
    }

    [Fact]
    public void All_others_want_links_with_all_members()
    {
        Assert.Equal([Id(2), Id(3)], new Elector(1, 2, 3).Machine.LinksWanted);
        Assert.Equal([Id(2), Id(3)], Leading(self: 1, last: 3).Machine.LinksWanted);
        Assert.Equal([Id(2), Id(3)], Following(leader: 3, self: 1, last: 3).Machine.LinksWanted);
    }
}
