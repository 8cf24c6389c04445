using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Core.Election;
using P2PNode.Core.Membership;
using P2PNode.Node;
using P2PNode.Protocol;
using P2PNode.Tests.Files;
using P2PNode.Tests.Testing;
using P2PNode.Tests.Transport;
using P2PNode.Transport;
using Serilog.Core;
using Wire = P2PNode.Protocol.Messages;

namespace P2PNode.Tests.Node;

public sealed class RosterFeedTests
{
    private static readonly Wire.CatalogueTotals Totals = new() { Files = 3, Bytes = 12, ListingsComplete = 2, ListingsExpected = 3 };

    [Fact]
    public async Task What_a_node_says_before_it_is_accepted_as_leader_counts_from_then_on()
    {
        await using var parts = new Parts();
        await parts.LinkAsync();
        await parts.HearAsync(new Wire.Roster { Totals = Totals, Members = { Member(7) } });
        Assert.Equal(default, parts.Feed.Size.Totals);
        Assert.Null(parts.Roster.AddressOf(new NodeId(7)));

        await parts.FollowAsync();
        await parts.Feed.ReviewAsync(TestContext.Current.CancellationToken);

        Assert.Equal(new CatalogueSize(new CatalogueTotals(3, 12), new Completeness(2, 3)), parts.Feed.Size);
        Assert.Equal(new NodeAddress("127.0.0.1", 7), parts.Roster.AddressOf(new NodeId(7)));
    }

    [Fact]
    public async Task A_word_without_totals_leaves_those_of_the_last_one()
    {
        await using var parts = new Parts();
        await parts.LinkAsync();
        await parts.FollowAsync();
        await parts.HearAsync(new Wire.Roster { Totals = Totals });

        await parts.HearAsync(new Wire.Roster { Members = { Member(7) } });

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
        await using var parts = new Parts();
        await parts.LinkAsync();
        await parts.FollowAsync();
        await parts.HearAsync(new Wire.Roster { Totals = Totals });

        var lie = new Wire.CatalogueTotals { Files = files, Bytes = bytes, ListingsComplete = complete, ListingsExpected = expected };
        var fault = await Assert.ThrowsAsync<PeerException>(() => parts.HearAsync(new Wire.Roster { Totals = lie }));

        Assert.Equal(PeerFault.Violation, fault.Fault);
        Assert.Equal(new CatalogueTotals(3, 12), parts.Feed.Size.Totals);
    }

    private static Wire.RosterMember Member(int id) => new() { Id = id, Host = "127.0.0.1", Port = id, Incarnation = 1 };

    /// <summary>The feed of node 3 and what it needs, with a link to node 1.</summary>
    private sealed class Parts : IAsyncDisposable
    {
        private static readonly NodeId Self = new(3);

        private readonly CancellationTokenSource _stop = new();
        private readonly TemporaryFolder _folder = new();
        private readonly LoopbackNode _transport = new(3);
        private readonly LoopbackNode _leader = new(1);
        private readonly ElectionDriver _driver;
        private readonly CatalogueSync _sync;
        private readonly Task _running;

        public Parts()
        {
            var clock = TimeProvider.System;
            Roster = new(new MemberTable(new Member { Id = Self, Host = "127.0.0.1", Port = 3 }), clock);
            var machine = new ElectionMachine(Self, ElectionPast.None, new ElectionOptions(), TimeSpan.Zero);
            var memory = ElectionMemory.Open(new DurableNumbers(_folder["epoch"]), clock, Logger.None);
            var catalogue = new NetworkCatalogue();
            _driver = new(machine, memory, _transport.Table, _transport.Dialler, clock, clock.GetTimestamp(), new Random(1), Logger.None);
            _sync = new(Self, copies: 1, Roster, _transport.Table, catalogue, _driver, Logger.None);
            Feed = new(Roster, _transport.Table, catalogue, _sync, _driver, clock);
            _running = _driver.RunAsync(_stop.Token);
        }

        public Roster Roster { get; }

        public RosterFeed Feed { get; }

        private Link Link => _transport.Table.Find(_leader.Id)!;

        public Task LinkAsync()
        {
            _transport.Want(_leader);
            return Eventually.HoldsAsync(() => _transport.Table.Find(_leader.Id) is not null, "the two are linked");
        }

        /// <summary>Has node 1 accepted as the leader.</summary>
        public async Task FollowAsync()
        {
            var claim = new Received(_leader.Id, new Claim { Epoch = new Epoch(1) });
            await _driver.PostAsync(Link, claim, TestContext.Current.CancellationToken);
            await Eventually.HoldsAsync(() => _driver.Now is { Leads: false, Leader.Value: 1 }, "node 1 is followed");
        }

        public Task HearAsync(Wire.Roster word) => Feed.TakeAsync(Link, word, TestContext.Current.CancellationToken).AsTask();

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _sync.Dispose();
            await _transport.DisposeAsync();
            await _leader.DisposeAsync();
            _folder.Dispose();
            _stop.Dispose();
        }
    }
}
