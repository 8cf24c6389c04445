using P2PNode.Core;
using P2PNode.Core.Election;
using P2PNode.Files;
using Serilog;

namespace P2PNode.Node;

/// <summary>A running node's part in what all know of files, and in collecting and fetching them.</summary>
internal sealed class CatalogueParts : IDisposable
{
    private readonly MemberParts _members;
    private readonly FileLog _fileLog;

    public CatalogueParts(NodeOptions options, MemberParts members, FileParts files, NodeFolder folder, TimeProvider clock, ILogger log)
    {
        _members = members;
        var (roster, links, election) = (members.Roster, members.Links, members.Election);
        var lease = new CustodyLease(clock);
        Sync = new CatalogueSync(options.Id, options.Copies, lease, roster, links, Catalogue, election, log);
        Listings = new ListingFeeds(options.Id, files.Offered, Catalogue, clock);
        RosterFeed = new RosterFeed(roster, links, Catalogue, Sync, election, clock);
        Holdings = new HoldingsFeed(files.Holdings, links, Catalogue, election, clock);
        var rows = new FileRows(roster, members.Whereabouts);
        Answers = new FilesAnswers(Catalogue, rows, roster, election, clock);
        Queries = new FilesQueries(Answers, rows, links, election, clock);
        Transfers = new TransferBoard(options.Id, files.Outgoing.Show, clock);
        var lists = new KnownLists(Path.Combine(folder.State, "lists"), log);
        Collector = new Collector(options.Id, files.Copies, files.Layers, lists, Catalogue, Sync, Holdings, election, roster, members.Greeter, files.Down, Transfers, clock, log);
        Custody = new Custody(lease, Collector, files.Copies, Catalogue, election, () => Leaving!.IsUnderWay, clock, log);
        CustodyQuestions = new CustodyQuestions(links, clock);
        var ofAbsent = new CopiesOfAbsent(options.Id, files.Copies, Queries, roster);
        Leaving = new Leaving(options.Id, files.Own, files.Listing, ofAbsent, CustodyQuestions, roster, election, clock, log);
        _fileLog = new FileLog(folder, Catalogue, rows, election, clock, log);
        Fetches = new Fetches(new FetchSurroundings
        {
            Self = options.Id,
            Folder = folder,
            Store = files.Copies,
            Layers = files.Layers,
            Wanted = new WantedFiles(Queries, options.Id),
            Sync = Sync,
            Election = election,
            Board = Transfers,
            ConnectAsync = Collector.DialAsync,
            LinkLost = Collector.LinkLost,
            Stored = (owner, stored) => Collector.Stored(owner, stored, anew: false),
            Clock = clock,
        });
        files.Restore(Catalogue);
        roster.Changed += OnRosterChanged;
        Catalogue.Changed += _fileLog.Touch;
        Catalogue.ListBegun += RosterFeed.Tell;
        Catalogue.Applied += (_, _) => RosterFeed.TellSize();
        election.YieldAsked += OnYieldAsked;
    }

    public NetworkCatalogue Catalogue { get; } = new();

    public CatalogueSync Sync { get; }

    public ListingFeeds Listings { get; }

    public RosterFeed RosterFeed { get; }

    public HoldingsFeed Holdings { get; }

    public FilesAnswers Answers { get; }

    public FilesQueries Queries { get; }

    public Collector Collector { get; }

    public Custody Custody { get; }

    public CustodyQuestions CustodyQuestions { get; }

    public Leaving Leaving { get; }

    public Fetches Fetches { get; }

    public TransferBoard Transfers { get; }

    /// <summary>What runs as long as the node.</summary>
    public IEnumerable<Func<CancellationToken, Task>> Runs =>
    [
        FollowLeadershipAsync,
        Listings.RunAsync,
        RosterFeed.RunAsync,
        Holdings.RunAsync,
        Collector.RunAsync,
        Custody.RunAsync,
        Leaving.RunAsync,
        Answers.RunAsync,
        Fetches.RunAsync,
        Transfers.RunAsync,
        _fileLog.RunAsync,
    ];

    public void Dispose()
    {
        Listings.Dispose();
        RosterFeed.Dispose();
        Sync.Dispose();
        Holdings.Dispose();
        Answers.Dispose();
        Queries.Dispose();
        Fetches.Dispose();
        Leaving.Dispose();
        Custody.Dispose();
        Collector.Dispose();
    }

    private async Task FollowLeadershipAsync(CancellationToken stop)
    {
        var now = _members.Election.Now;
        while (true)
        {
            now = await _members.Election.ChangeAsync(now, stop);
            await RosterFeed.ReviewAsync(stop);
            await Sync.ReviewAsync(stop);
            Holdings.Review();
            Collector.Review();
            if (now.Leads)
            {
                RosterFeed.Tell();
                _fileLog.Touch();
            }
        }
    }

    private void OnRosterChanged()
    {
        RosterFeed.Tell();
        _fileLog.Touch();
        Collector.Review();
    }

    /// <summary>
    /// Who asks has caught up with the catalogue, and collecting is fenced by nothing that a change of the lead could
    /// break: there is nothing to finish first. Not awaited, as the driver's loop is what takes the answer in.
    /// </summary>
    private void OnYieldAsked(NodeId to) =>
        _ = Task.Run(() => _members.Election.PostAsync(new YieldPrepared(to), CancellationToken.None).AsTask());
}
