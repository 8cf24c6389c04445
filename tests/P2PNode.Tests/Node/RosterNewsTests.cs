using P2PNode.Core;
using P2PNode.Core.Election;
using P2PNode.Core.Membership;
using P2PNode.Node;
using P2PNode.Tests.Testing;
using P2PNode.Tests.Transport;
using P2PNode.Transport;
using Wire = P2PNode.Protocol.Messages;

namespace P2PNode.Tests.Node;

public sealed class RosterNewsTests
{
    private const int Members = 120;

    private readonly Roster _roster = new(new MemberTable(Member(1)), TimeProvider.System);
    private readonly RosterNews _news;

    public RosterNewsTests()
    {
        _news = new RosterNews(_roster, new NetworkCatalogue(), TimeProvider.System);
        _roster.Hear([.. Enumerable.Range(2, Members - 1).Select(Member)]);
    }

    [Fact]
    public async Task A_follower_is_told_all_and_then_what_changed()
    {
        await using var links = await Links.OpenAsync();

        Assert.Equal(Enumerable.Range(1, Members), Told(links.First, epoch: 1));
        Assert.Empty(Told(links.First, epoch: 1));

        _roster.Miss(new NodeId(7), MemberState.Left);
        Assert.Equal([7], Told(links.First, epoch: 1));
    }

    [Fact]
    public async Task A_follower_that_comes_later_is_told_all()
    {
        await using var links = await Links.OpenAsync();
        Told(links.First, epoch: 1);

        var news = Tell([links.First, links.Second], epoch: 1).ToLookup(news => news.Link, news => news.Frame.Members.Count);

        Assert.Equal(0, news[links.First].Sum());
        Assert.Equal(Members, news[links.Second].Sum());
    }

    [Fact]
    public async Task Under_a_new_epoch_all_is_told_again_as_followers_may_have_passed_over_the_last()
    {
        await using var links = await Links.OpenAsync();
        Told(links.First, epoch: 1);

        Assert.Equal(Members, Told(links.First, epoch: 2).Count);
    }

    [Fact]
    public async Task No_frame_has_more_rows_than_fit()
    {
        await using var links = await Links.OpenAsync();

        Assert.All(Tell([links.First], epoch: 1), news => Assert.InRange(news.Frame.Members.Count, 0, RosterNews.RowsOfOneFrame));
    }

    private List<int> Told(Link link, long epoch) =>
        [.. Tell([link], epoch).SelectMany(news => news.Frame.Members).Select(member => member.Id).Order()];

    private List<(Link Link, Wire.Roster Frame)> Tell(Link[] followers, long epoch) =>
        [.. _news.For(followers, new Leadership(new Epoch(epoch), _roster.Self, Role.Leader, null), default)];

    private static Member Member(int id) => new() { Id = new NodeId(id), Host = "127.0.0.1", Port = id, State = MemberState.Alive };

    private sealed class Links : IAsyncDisposable
    {
        private readonly LoopbackNode _leader = new(1);
        private readonly LoopbackNode _second = new(2);
        private readonly LoopbackNode _third = new(3);

        public Link First => _leader.Table.Find(_second.Id)!;

        public Link Second => _leader.Table.Find(_third.Id)!;

        public static async Task<Links> OpenAsync()
        {
            var links = new Links();
            links._leader.Want(links._second, links._third);
            await Eventually.HoldsAsync(() => links.First is not null && links.Second is not null, "both are linked");
            return links;
        }

        public async ValueTask DisposeAsync()
        {
            await _leader.DisposeAsync();
            await _second.DisposeAsync();
            await _third.DisposeAsync();
        }
    }
}
