using P2PNode.Core;
using P2PNode.Core.Catalogue;
using static P2PNode.Tests.Catalogue.Sample;

namespace P2PNode.Tests.Catalogue;

public class CatalogueQuestionsTests
{
    private static readonly ListingPosition Known = new(ListId, 7, default);

    private readonly CatalogueQuestions<string> _questions = new(Two, copies: 1);

    [Fact]
    public void A_leader_asks_each_owner_once_over_each_link()
    {
        Assert.Equal([(One, "to 1"), (Three, "to 3")], _questions.Review(Leads(("to 1", One), ("to 3", Three))));
        Assert.Empty(_questions.Review(Leads(("to 1", One), ("to 3", Three))));
        Assert.True(_questions.Stands(Three, "to 3"));

        Assert.Equal([(Three, "to 3 anew")], _questions.Review(Leads(("to 3 anew", Three))));
        Assert.False(_questions.Stands(One, "to 1"));
        Assert.False(_questions.Stands(Three, "to 3"));
    }

    [Fact]
    public void A_successor_asks_the_leader_for_all_that_it_has()
    {
        var around = Follows("to 1", liveBelow: 1);
        Assert.Empty(_questions.Review(around));
        _questions.LeaderHas(around, One, "to 1", [(One, Known), (Two, Known), (Three, ListingPosition.Start)]);

        Assert.Equal([(One, "to 1")], _questions.Review(around));
        Assert.False(_questions.IsCaughtUp(around, _ => null));
        Assert.False(_questions.IsCaughtUp(around, _ => Known with { Seq = 6 }));
        Assert.False(_questions.IsCaughtUp(around, _ => Known with { ListId = 1 }));
        Assert.True(_questions.IsCaughtUp(around, _ => Known));
    }

    [Fact]
    public void What_a_leader_said_over_another_link_counts_no_more()
    {
        _questions.LeaderHas(Follows("to 1", liveBelow: 1), One, "to 1", [(One, Known)]);
        Assert.NotEmpty(_questions.Review(Follows("to 1", liveBelow: 1)));

        Assert.Empty(_questions.Review(Follows("to 1 anew", liveBelow: 1)));
        Assert.False(_questions.Stands(One, "to 1"));
        Assert.False(_questions.IsCaughtUp(Follows("to 1 anew", liveBelow: 1), _ => Known));
    }

    [Fact]
    public void What_comes_late_over_a_link_that_was_replaced_takes_nothing_back()
    {
        var around = Follows("to 1 anew", liveBelow: 1);
        _questions.LeaderHas(around, One, "to 1 anew", [(One, Known)]);
        _questions.LeaderHas(around, One, "to 1", [(One, Known with { Seq = 4 })]);

        Assert.Equal([(One, "to 1 anew")], _questions.Review(around));
        Assert.True(_questions.IsCaughtUp(around, _ => Known));
    }

    [Fact]
    public void Who_does_not_stand_in_for_the_leader_asks_nobody()
    {
        _questions.LeaderHas(Follows("to 1", liveBelow: 1), One, "to 1", [(One, Known)]);

        Assert.Empty(_questions.Review(Follows("to 1", liveBelow: 2)));
        Assert.Empty(_questions.Review(new CatalogueSurroundings<string>(null, Links(("to 1", One)), LiveBelow: 1)));
    }

    private static CatalogueSurroundings<string> Leads(params (string Link, NodeId Peer)[] links) => new(Two, Links(links), LiveBelow: 1);

    private static CatalogueSurroundings<string> Follows(string link, int liveBelow) => new(One, Links((link, One)), liveBelow);

    private static Dictionary<NodeId, string> Links(params (string Link, NodeId Peer)[] links) =>
        links.ToDictionary(link => link.Peer, link => link.Link);
}
