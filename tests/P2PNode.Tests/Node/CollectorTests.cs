using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Core.Election;
using P2PNode.Core.Membership;
using P2PNode.Files;
using P2PNode.Node;
using P2PNode.Tests.Catalogue;
using P2PNode.Tests.Files;
using P2PNode.Tests.Testing;
using P2PNode.Tests.Transport;
using P2PNode.Transfer;

namespace P2PNode.Tests.Node;

public sealed class CollectorTests
{
    /// <summary>
    /// Whoever begins to collect looks at each owner in turn, while listings go on coming in. The catalogue tells the
    /// collector of them under its lock; a collector that asked the catalogue under its own stopped the node for good.
    /// </summary>
    [Fact]
    public async Task Collecting_begins_while_listings_come_in()
    {
        const int Owners = 3000;
        await using var parts = new Parts();
        await parts.LeadAsync();
        for (var owner = 2; owner < Owners; owner++)
            parts.Catalogue.Restore(new NodeId(owner), new ListingPosition(Sample.ListId, 0, default), []);
        using var ended = new CancellationTokenSource();
        var applying = Task.Run(() => ApplyAll(parts.Catalogue, new NodeId(Owners), ended.Token), TestContext.Current.CancellationToken);
        await Eventually.HoldsAsync(() => parts.Catalogue.CountOf(new NodeId(Owners)) > 0, "a listing comes in");

        await Task.Run(parts.Collector.Review, TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        await ended.CancelAsync();
        await applying.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal(Owners - 1, parts.Collector.Pending.Length);
    }

    [Fact]
    public async Task Many_files_that_fail_one_by_one_for_one_reason_are_told_in_one_line()
    {
        await using var parts = new Parts();

        foreach (var number in Enumerable.Range(0, 44))
            parts.Collector.Failed(Sample.Two, [(Sample.File($"{number}", number), "there is no room on the disk")]);
        parts.Collector.Failed(Sample.Two, [(Sample.File("a", 45), "it could not be written")]);

        string[] told =
        [
            "Not collected yet: 44 files | NODE2: there is no room on the disk; they will be tried again",
            "Not collected yet: a | NODE2: it could not be written; it will be tried again",
        ];
        await Eventually.HoldsAsync(
            () =>
            {
                parts.Advance(TimeSpan.FromMilliseconds(100));
                return told.SequenceEqual(parts.Log.Lines.Where(line => line.StartsWith("Not collected", StringComparison.Ordinal)).Order());
            },
            "both reasons are told");
    }

    [Fact]
    public async Task That_a_file_comes_for_another_request_is_no_warning()
    {
        await using var parts = new Parts();

        parts.Collector.Failed(Sample.Two, [(Sample.File("a", 1), "it is on its way already, for another request")]);
        parts.Collector.Failed(Sample.Two, [(Sample.File("b", 2), "it could not be written")]);

        await Eventually.HoldsAsync(
            () =>
            {
                parts.Advance(TimeSpan.FromMilliseconds(100));
                return parts.Log.Lines.Any(line => line.StartsWith("Not collected yet: b", StringComparison.Ordinal));
            },
            "what is a failure is told");
        Assert.DoesNotContain(parts.Log.Lines, line => line.StartsWith("Not collected yet: a", StringComparison.Ordinal));
    }

    private static void ApplyAll(NetworkCatalogue catalogue, NodeId owner, CancellationToken ended)
    {
        var listing = new Listing(owner, Sample.ListId, 0, []);
        for (var number = 0; !ended.IsCancellationRequested; number++)
        {
            listing.PutFile($"{number % 100}", number);
            foreach (var batch in listing.After(catalogue.PositionOf(owner)))
                Assert.IsType<Applied>(catalogue.Apply(batch));
        }
    }

    /// <summary>A collector and what it needs, of node 1, which leads alone.</summary>
    private sealed class Parts : IAsyncDisposable
    {
        private static readonly NodeId Self = new(1);

        private readonly CancellationTokenSource _stop = new();
        private readonly ManualClock _clock = new();
        private readonly TemporaryFolder _folder = new();
        private readonly StoreUnderTest _store = new();
        private readonly LoopbackNode _transport = new(1);
        private readonly ElectionDriver _driver;
        private readonly CatalogueSync _sync;
        private readonly HoldingsFeed _holdings;
        private readonly Task _running;

        public Parts()
        {
            var log = Log.Logger;
            var roster = new Roster(new MemberTable(new Member { Id = Self, Host = "127.0.0.1", Port = 1 }), _clock);
            var machine = new ElectionMachine(Self, ElectionPast.None, new ElectionOptions(), TimeSpan.Zero);
            var memory = ElectionMemory.Open(new DurableNumbers(_folder["epoch"]), _clock, log);
            _driver = new ElectionDriver(machine, memory, _transport.Table, _transport.Dialler, _clock, 0, new Random(1), log);
            _sync = new CatalogueSync(Self, copies: 1, new CustodyLease(_clock), roster, _transport.Table, Catalogue, _driver, log);
            _holdings = new HoldingsFeed(() => [], _transport.Table, Catalogue, _driver, TimeProvider.System);
            var lists = new KnownLists(_folder["lists"], log);
            Collector = new Collector(Self, _store.Store, new PieceLayers(_store.Folder, log), lists, Catalogue, _sync, _holdings, _driver, roster, _transport.Greeter, RateLimit.None, new TransferBoard(Self, () => [], _clock), _clock, log);
            _running = Task.WhenAll(_driver.RunAsync(_stop.Token), Collector.RunAsync(_stop.Token));
        }

        public NetworkCatalogue Catalogue { get; } = new();

        public Collector Collector { get; }

        /// <summary>What is logged but debugging.</summary>
        public LogLines Log { get; } = new();

        public void Advance(TimeSpan by) => _clock.Advance(by);

        public Task LeadAsync() => Eventually.HoldsAsync(
            () =>
            {
                _clock.Advance(TimeSpan.FromMilliseconds(100));
                return _driver.Now.Leads;
            },
            "node 1 leads");

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Collector.Dispose();
            _holdings.Dispose();
            _sync.Dispose();
            await _transport.DisposeAsync();
            _store.Dispose();
            _folder.Dispose();
            _stop.Dispose();
        }
    }
}
