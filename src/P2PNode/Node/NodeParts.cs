using System.Collections.Immutable;
using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Core.Election;
using P2PNode.Core.Membership;
using P2PNode.Files;
using P2PNode.Protocol;
using P2PNode.Security;
using P2PNode.Transfer;
using P2PNode.Transport;
using Serilog;
using Wire = P2PNode.Protocol.Messages;

namespace P2PNode.Node;

/// <summary>All parts of a running node, put together; and the order in which they stop.</summary>
internal sealed class NodeParts : IDisposable
{
    /// <summary>How long the others may take to hear the goodbye; a stop as a whole has two seconds.</summary>
    private static readonly TimeSpan GoodbyeTime = TimeSpan.FromMilliseconds(500);

    /// <summary>How many of the lowest members a node of a network that forms itself looks for (docs/election.md).</summary>
    private const int BreadthOfOpenNetwork = 5;

    private readonly ElectionOptions _election;
    private readonly bool _isOpen;
    private readonly NodeFolder _folder;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly NodeId _self;
    private readonly ListingStore _listing;
    private readonly OwnListing _own;
    private readonly PieceLayers _layers;
    private readonly OwnFiles _ownFiles;
    private readonly Trash _trash;
    private readonly CopyStore _copies;
    private readonly CopyReview _copyReview;
    private readonly RateLimit _up;
    private readonly RateLimit _down;
    private readonly BulkServer _bulk;
    private readonly Collector _collector;
    private readonly Roster _roster;
    private readonly LinkTable _links;
    private readonly IdentityKeeper _identity;
    private readonly RevocationFeed _revocations;
    private readonly Dialler _dialler;
    private readonly ElectionDriver _driver;
    private readonly Signal _membersChanged = new();
    private readonly NetworkCatalogue _catalogue = new();
    private readonly CatalogueSync _sync;
    private readonly ListingFeeds _feeds;
    private readonly RosterFeed _rosterFeed;
    private readonly HoldingsFeed _holdings;
    private readonly FilesAnswers _answers;
    private readonly TransferBoard _transfers;
    private readonly FileLog _fileLog;
    private readonly SeedClient _seeds;
    private readonly MemberMemory? _memory;
    private readonly LinkWatch _watch;
    private readonly FrameRouter _router;
    private readonly Discovery? _discovery;

    public NodeParts(NodeOptions options, LocalNode self, IdentityKeeper identity, NodeFolder folder, ElectionMemory memory, TimeProvider clock, ILogger log)
    {
        (_folder, _clock, _log, _self, _identity) = (folder, clock, log, self.Id, identity);
        _isOpen = options.FindsOthers;
        _election = options.Intervals.Election with { Breadth = _isOpen ? BreadthOfOpenNetwork : int.MaxValue };
        var random = new Random();
        var started = clock.GetTimestamp();
        _listing = ListingStore.Open(folder, self.Id, log);
        _own = new OwnListing(_listing);
        _layers = new PieceLayers(folder, log);
        _ownFiles = new OwnFiles(folder, _listing, _layers, clock, log);
        _trash = new Trash(folder, clock, new TrashLimits(), log);
        _copies = CopyStore.Open(folder, _trash, log);
        _copyReview = new CopyReview(_copies, clock);
        _up = new RateLimit(options.LimitUp);
        _down = new RateLimit(options.LimitDown);
        _bulk = new BulkServer(new NodeContent(self.Id, folder, _copies), _layers, _up, clock, log);
        var table = NewTable(options, self);
        _roster = new Roster(table, clock, _isOpen);
        _links = new LinkTable(self.Id, options.MaxPeers, clock);
        var connector = new SecureConnector(new MutualTls(() => identity.Current, clock), clock);
        var greeter = new Greeter(self, _election.Misses, _links, connector, identity.Revocations, OnFrameAsync, OnBulkAsync, clock, log);
        var joining = new JoinServer(() => identity.Current, identity.Network, identity.Revocations, clock, log);
        Listener = new Listener(connector, joining, greeter.AcceptAsync, clock, log);
        _revocations = new RevocationFeed(identity, _links, clock, log);
        _dialler = new Dialler(greeter, _links, _roster.AddressOf, clock, random, log);
        var machine = new ElectionMachine(self.Id, memory.Past(), _election, clock.GetElapsedTime(started));
        _driver = new ElectionDriver(machine, memory, _links, _dialler, clock, started, random, log);
        var incarnations = PeerNode.Incarnations(folder);
        var overlay = new OverlayMachine(table, options.Intervals.Overlay with { IsLarge = _isOpen }, clock.GetElapsedTime(started));
        Overlay = new OverlayDriver(overlay, _roster, _links, _dialler, incarnations, clock, started, random, log);
        _discovery = options.Discover ? new Discovery(self, options.Intervals.Announce, () => Listener.Endpoint.Address, _roster, _links, _dialler, clock, random, log) : null;
        _sync = new CatalogueSync(self.Id, options.Copies, _roster, _links, _catalogue, _driver, log);
        _feeds = new ListingFeeds(self.Id, _own, _catalogue, clock);
        _rosterFeed = new RosterFeed(_roster, _links, _catalogue, _sync, _driver, clock);
        _holdings = new HoldingsFeed(AllHoldings, _links, _catalogue, _driver);
        var rows = new FileRows(_roster);
        _answers = new FilesAnswers(_catalogue, rows, _roster, _driver, clock);
        Queries = new FilesQueries(_answers, rows, _links, _driver, clock);
        _transfers = new TransferBoard(self.Id, clock);
        var lists = new KnownLists(Path.Combine(folder.State, "lists"), log);
        _collector = new Collector(self.Id, _copies, _layers, lists, _catalogue, _sync, _holdings, _driver, _roster, greeter, _down, _transfers, clock, log);
        _fileLog = new FileLog(folder, _catalogue, rows, _driver, clock, log);
        var admission = new AdmissionRule(options, identity.Current.Name, identity.Network.Exists, clock);
        var toSeeds = new SecureConnector(new MutualTls(() => identity.Current, clock, MutualTls.SeedProtocol, NameRole.Seed), clock);
        var row = new OwnRow(_roster, incarnations);
        _seeds = new SeedClient(options.Seeds, options.Intervals.Renew, toSeeds, self.Id, Overlay.Learn, row.Read, identity.Revocations, clock, new Random(), log);
        _memory = options.FindsOthers ? MemberMemory.Open(folder, _roster, clock, log) : null;
        _watch = new LinkWatch(_links, _roster, Overlay, _driver, _sync, _holdings, _rosterFeed, admission, _revocations, 10 * _election.Heartbeat, _isOpen, log);
        _router = new FrameRouter(_driver, _sync, _feeds, _rosterFeed, _holdings, Queries, _answers, _revocations, new DuplicateWatch(log), Overlay);
        Fetches = new Fetches(new FetchSurroundings
        {
            Self = self.Id,
            Folder = folder,
            Store = _copies,
            Layers = _layers,
            Wanted = new WantedFiles(Queries, self.Id),
            Sync = _sync,
            Election = _driver,
            Board = _transfers,
            ConnectAsync = _collector.DialAsync,
            LinkLost = _collector.LinkLost,
            Stored = (owner, files) => _collector.Stored(owner, files, anew: false),
            Clock = clock,
        });
        Views = new NodeViews(options, _roster, _links, _driver, _rosterFeed, _collector, _ownFiles, _transfers, _seeds);
        Diagnosis = new Diagnosis(options, _roster, _links, _discovery, greeter, _seeds.ProbeAsync, clock);
        greeter.FeaturesFor = peer => _discovery?.FeaturesFor(peer) ?? PeerFeatures.None;
        RestoreCatalogue();
        _roster.Changed += OnRosterChanged;
        _catalogue.Changed += _fileLog.Touch;
        _catalogue.ListBegun += _rosterFeed.Tell;
        _catalogue.Applied += (_, _) => _rosterFeed.TellSize();
        _driver.YieldAsked += OnYieldAsked;
        Overlay.DeathWitnessed += _seeds.ReportDead;
    }

    public Listener Listener { get; }

    public OverlayDriver Overlay { get; }

    public FilesQueries Queries { get; }

    public Fetches Fetches { get; }

    public NodeViews Views { get; }

    public Diagnosis Diagnosis { get; }

    /// <summary>Runs until stopped: first what decides and works ends, then the links are closed with a goodbye.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var life = new CancellationTokenSource();
        var transport = TaskGroup.RunAsync([Listener.RunAsync, _dialler.RunAsync], life.Token);
        try
        {
            await TaskGroup.RunAsync(
                [
                    cut => _identity.RunAsync(Peers, cut),
                    _revocations.RunAsync,
                    _driver.RunAsync,
                    Overlay.RunAsync,
                    _watch.RunAsync,
                    TellMembersAsync,
                    FollowLeadershipAsync,
                    OfferOwnFilesAsync,
                    _feeds.RunAsync,
                    _rosterFeed.RunAsync,
                    _holdings.RunAsync,
                    _collector.RunAsync,
                    _copyReview.RunAsync,
                    _trash.RunAsync,
                    cut => _layers.RunAsync(AllFiles, cut),
                    _answers.RunAsync,
                    Fetches.RunAsync,
                    _transfers.RunAsync,
                    _fileLog.RunAsync,
                    _seeds.RunAsync,
                    cut => _memory?.RunAsync(cut) ?? Task.Delay(Timeout.InfiniteTimeSpan, _clock, cut),
                    _discovery is null ? cut => Task.Delay(Timeout.InfiniteTimeSpan, _clock, cut) : _discovery.RunAsync,
                    cut => transport.WaitAsync(cut),
                ],
                stop);
        }
        finally
        {
            _log.NodeStops(_self);
            await SayGoodbyeAsync();
            await life.CancelAsync();
            await transport.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _log.NodeStopped(_self);
        }
    }

    /// <inheritdoc cref="INodeQueries.ConnectAsync"/>
    public async Task<ConnectReport> ConnectAsync(NodeAddress address, CancellationToken ct)
    {
        var peer = await _dialler.LinkAsync(address, ct);
        return new ConnectReport(peer.Id, peer.Address);
    }

    /// <inheritdoc cref="INodeQueries.Rescan"/>
    public void Rescan(bool acceptLoss)
    {
        if (acceptLoss && !_folder.Files.IsInPlace)
            throw new RescanRefusedException($"{_folder.Root} was moved away, replaced or unmounted since node {_self} began; put it back, or start the node again.");
        if (acceptLoss && !_folder.IsMarked)
            _folder.Mark();
        if (acceptLoss)
            _ownFiles.ConfirmRemovals();
        else
            _ownFiles.Rescan();
        _copyReview.Ask();
    }

    public void Dispose()
    {
        Listener.Dispose();
        _discovery?.Dispose();
        _dialler.Dispose();
        _revocations.Dispose();
        _feeds.Dispose();
        _rosterFeed.Dispose();
        _sync.Dispose();
        _holdings.Dispose();
        _answers.Dispose();
        Queries.Dispose();
        Fetches.Dispose();
        _collector.Dispose();
        _up.Dispose();
        _down.Dispose();
        _ownFiles.Dispose();
        _copies.Dispose();
        _listing.Dispose();
    }

    private static MemberTable NewTable(NodeOptions options, LocalNode self)
    {
        var table = new MemberTable(new Member
        {
            Id = self.Id,
            Host = self.Listen.Host,
            Port = self.Listen.Port,
            Incarnation = self.Incarnation,
            Name = self.Name,
        });
        foreach (var node in options.Nodes)
            table.Configure(node.Id, node.Address.Host, node.Address.Port);
        return table;
    }

    private IEnumerable<NodeAddress> Peers() => _roster.Alive().Where(id => id != _self).Select(_roster.AddressOf).OfType<NodeAddress>();

    private ValueTask OnFrameAsync(Link link, Frame frame) => _router.TakeAsync(link, frame);

    private Task OnBulkAsync(Connection connection, PeerIdentity peer, CancellationToken stop) =>
        _bulk.ServeAsync(connection, peer.Id, stop);

    /// <summary>What this node keeps copies of it knows, though their owners may be away: files outlive who brought them.</summary>
    private void RestoreCatalogue()
    {
        foreach (var owner in _copies.Owners)
        {
            var listed = _copies.CopiesOf(owner).Where(copy => copy.Seq > CopyStore.KeptSeq);
            var entries = listed.Select((entry, i) => entry with { Seq = i + 1 }).ToList();
            var listing = new Listing(owner, listId: 0, entries.Count, entries);
            _catalogue.Restore(owner, listing.Position, entries);
            foreach (var entry in entries)
                _catalogue.SetHolder(owner, entry.Path, entry.Root, _self);
        }
    }

    private IEnumerable<FileEntry> AllFiles() => _listing.Snapshot().Concat(_copies.Owners.SelectMany(_copies.CopiesOf));

    private IEnumerable<Wire.Holding> AllHoldings() =>
        from owner in _copies.Owners
        from copy in _copies.CopiesOf(owner)
        where copy.Kind is EntryKind.File
        select HoldingsFeed.Row(owner, copy.Path, copy.Root);

    private async Task SayGoodbyeAsync()
    {
        // Nobody who hears the goodbye and dials again at once may be let in: it would count as back, then as lost.
        Listener.Close();
        _links.Close();
        _dialler.Stop();
        var links = _links.All();
        foreach (var link in links)
            link.Close(Wire.GoodbyeReason.Stopping);
        await Task.WhenAll(links.Select<Link, Task>(link => link.Ended)).WaitAsync(GoodbyeTime, _clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>The election knows all members from the start, and hears of new ones.</summary>
    private async Task TellMembersAsync(CancellationToken stop)
    {
        for (ImmutableSortedSet<NodeId>? known = null; ; await _membersChanged.WaitAsync(stop))
        {
            ImmutableSortedSet<NodeId> members = [.. _roster.All().Where(IsSought).Select(member => member.Id)];
            if (known?.SetEquals(members) != true)
                await _driver.PostAsync(new MembersKnown(known = members), stop);
        }
    }

    /// <summary>
    /// In a small network nobody is given up, so that it is whole again as soon as a cut heals. In one that may be large
    /// those who died are looked for by the overlay, now and then.
    /// </summary>
    private bool IsSought(Member member) =>
        member.Id != _self && (!_isOpen || member.Incarnation == 0 || member.State is MemberState.Alive or MemberState.Suspect);

    private async Task FollowLeadershipAsync(CancellationToken stop)
    {
        var now = _driver.Now;
        while (true)
        {
            now = await _driver.ChangeAsync(now, stop);
            await _rosterFeed.ReviewAsync(stop);
            await _sync.ReviewAsync(stop);
            _holdings.Review();
            _collector.Review();
            if (now.Leads)
            {
                _rosterFeed.Tell();
                _fileLog.Touch();
            }
        }
    }

    private Task OfferOwnFilesAsync(CancellationToken stop) => _ownFiles.RunAsync(
        (changes, _) =>
        {
            _own.Publish(changes.EndsScan);
            foreach (var batch in _own.After(_catalogue.PositionOf(_self)))
                _catalogue.Apply(batch);
            return ValueTask.CompletedTask;
        },
        stop);

    private void OnRosterChanged()
    {
        _membersChanged.Set();
        _rosterFeed.Tell();
        _fileLog.Touch();
        _collector.Review();
    }

    /// <summary>
    /// Who asks has caught up with the catalogue, and collecting is fenced by nothing that a change of the lead could
    /// break: there is nothing to finish first. Not awaited, as the driver's loop is what takes the answer in.
    /// </summary>
    private void OnYieldAsked(NodeId to) =>
        _ = Task.Run(() => _driver.PostAsync(new YieldPrepared(to), CancellationToken.None).AsTask());
}
