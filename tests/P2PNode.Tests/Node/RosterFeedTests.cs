using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Node;
using P2PNode.Protocol;
using Wire = P2PNode.Protocol.Messages;

namespace P2PNode.Tests.Node;

public sealed class RosterFeedTests
{
    private static readonly Wire.CatalogueTotals Totals = new() { Files = 3, Bytes = 12, ListingsComplete = 2, ListingsExpected = 3 };

    [Fact]
    public async Task What_a_node_says_before_it_is_accepted_as_leader_counts_from_then_on()
    {
        await using var parts = new FollowerUnderTest();
        await parts.LinkAsync();
        await parts.HearAsync(new Wire.Roster { Epoch = 1, Totals = Totals, Members = { Member(7) } });
        Assert.Equal(default, parts.Feed.Size.Totals);
        Assert.Null(parts.Roster.AddressOf(new NodeId(7)));

        await parts.FollowAsync();
        await parts.Feed.ReviewAsync(TestContext.Current.CancellationToken);

        Assert.Equal(new CatalogueSize(new CatalogueTotals(3, 12), new Completeness(2, 3)), parts.Feed.Size);
        Assert.Equal(new NodeAddress("127.0.0.1", 7), parts.Roster.AddressOf(new NodeId(7)));
    }

    [Fact]
    public async Task What_a_node_said_under_a_former_leadership_counts_no_more_when_it_leads_again()
    {
        await using var parts = new FollowerUnderTest();
        await parts.LinkAsync();
        await parts.HearAsync(new Wire.Roster { Epoch = 1, Totals = Totals, Members = { Member(7) } });
        await parts.HearAsync(new Wire.Roster { Epoch = 2, Members = { Member(8) } });

        await parts.FollowAsync(epoch: 2);
        await parts.Feed.ReviewAsync(TestContext.Current.CancellationToken);

        Assert.Null(parts.Roster.AddressOf(new NodeId(7)));
        Assert.Equal(default, parts.Feed.Size.Totals);
        Assert.NotNull(parts.Roster.AddressOf(new NodeId(8)));
    }

    [Fact]
    public async Task Words_count_in_their_order_though_two_loops_take_them()
    {
        await using var parts = new FollowerUnderTest();
        using var entered = new SemaphoreSlim(0);
        using var go = new SemaphoreSlim(0);
        await parts.LinkAsync();
        await parts.FollowAsync();
        var changes = 0;
        parts.Roster.Changed += () =>
        {
            if (++changes > 1)
                return;
            entered.Release();
            go.Wait(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        };
        var first = Task.Run(() => parts.HearAsync(new Wire.Roster { Epoch = 1, Members = { Member(7) } }), TestContext.Current.CancellationToken);
        await entered.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        var second = parts.HearAsync(new Wire.Roster { Epoch = 1, Members = { Member(8) } });
        var early = parts.Roster.AddressOf(new NodeId(8));
        go.Release();
        await Task.WhenAll(first, second);

        Assert.Null(early);
        Assert.NotNull(parts.Roster.AddressOf(new NodeId(8)));
    }

    [Fact]
    public async Task A_word_without_totals_leaves_those_of_the_last_one()
    {
        await using var parts = new FollowerUnderTest();
        await parts.LinkAsync();
        await parts.FollowAsync();
        await parts.HearAsync(new Wire.Roster { Epoch = 1, Totals = Totals });

        await parts.HearAsync(new Wire.Roster { Epoch = 1, Members = { Member(7) } });

        Assert.Equal(new CatalogueTotals(3, 12), parts.Feed.Size.Totals);
    }

    [Theory]
    [InlineData(-1, 0, 1, 1)]
    [InlineData(1, -1, 1, 1)]
    [InlineData(0, 1, 1, 1)]
    [InlineData(1, 1, -1, 1)]
    [InlineData(1, 1, 2, 1)]
    public async Task Totals_that_cannot_be_end_the_link(int files, long bytes, int complete, int expected)
    {
        await using var parts = new FollowerUnderTest();
        await parts.LinkAsync();
        await parts.FollowAsync();
        await parts.HearAsync(new Wire.Roster { Epoch = 1, Totals = Totals });

        var lie = new Wire.CatalogueTotals { Files = files, Bytes = bytes, ListingsComplete = complete, ListingsExpected = expected };
        var fault = await Assert.ThrowsAsync<PeerException>(() => parts.HearAsync(new Wire.Roster { Epoch = 1, Totals = lie }));

        Assert.Equal(PeerFault.Violation, fault.Fault);
        Assert.Equal(new CatalogueTotals(3, 12), parts.Feed.Size.Totals);
    }

    private static Wire.RosterMember Member(int id) => new() { Id = id, Host = "127.0.0.1", Port = id, Incarnation = 1 };
}
