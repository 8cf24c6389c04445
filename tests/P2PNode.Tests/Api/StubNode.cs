using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Core.Membership;
using P2PNode.Node;

namespace P2PNode.Tests.Api;

/// <summary>A node that answers what a test put into it.</summary>
internal sealed class StubNode : INodeQueries
{
    public static MemberReport Two { get; } = new()
    {
        Id = new NodeId(2),
        Address = new NodeAddress("127.0.0.1", 5002),
        State = MemberState.Alive,
        Name = "NODE2",
        LastSeen = new DateTime(2026, 1, 31, 12, 0, 0, DateTimeKind.Utc),
    };

    public static FileReport File { get; } = new()
    {
        Peer = new NodeId(2),
        Path = "docs/Ä <b> 日本.txt",
        Name = "Ä <b> 日本.txt",
        Size = 12,
        Root = new ContentRoot([.. Enumerable.Repeat((byte)0xAB, ContentRoot.Size)]),
        Mtime = new DateTime(2026, 1, 31, 12, 0, 0, DateTimeKind.Utc).AddTicks(1234567),
        Holders = [new HolderReport(new NodeId(2), new NodeAddress("127.0.0.1", 5002))],
    };

    public StatusReport Report { get; set; } = new()
    {
        Id = new NodeId(1),
        Role = NodeRole.Leader,
        Leader = new NodeId(1),
        Epoch = 7,
        Links = [new NodeId(2), new NodeId(3)],
        Members = [Two],
        Catalogue = new CatalogueReport(12, 3456),
        Pending = new PendingReport(0, 0),
        Successor = new NodeId(2),
        Listings = new ListingsReport(2, 3),
    };

    public Func<FileQuery, CancellationToken, ValueTask<FilesReport>> OnFiles { get; set; } =
        (_, _) => ValueTask.FromResult(new FilesReport([File], new ListingsReport(2, 3), 1));

    public Func<GetRequest, CancellationToken, IAsyncEnumerable<GetLine>> OnGet { get; set; } = (_, _) => throw new NoLeaderException();

    /// <summary>What was asked of <see cref="Rescan"/>.</summary>
    public List<bool> Rescans { get; } = [];

    public StatusReport Status() => Report;

    /// <summary>Why a rescan is refused; null where it is not.</summary>
    public string? RescanRefusal { get; set; }

    public void Rescan(bool acceptLoss)
    {
        if (RescanRefusal is { } refusal)
            throw new RescanRefusedException(refusal);
        Rescans.Add(acceptLoss);
    }

    /// <summary>The processes that were said to be refused.</summary>
    public List<int> RefusedStarts { get; } = [];

    public void NoteRefusedStart(int process) => RefusedStarts.Add(process);

    /// <summary>What was said.</summary>
    public List<string> Said { get; } = [];

    public ValueTask<SayReport> SayAsync(string text, CancellationToken ct)
    {
        if (SayRefusedException.ProblemOf(text) is { } problem)
            throw new SayRefusedException(problem, isUsage: true);
        Said.Add(text);
        return ValueTask.FromResult(new SayReport(Report.Id, text));
    }

    public Func<NodeAddress, ConnectReport> OnConnect { get; set; } = address => new ConnectReport(new NodeId(2), address);

    public Task<ConnectReport> ConnectAsync(NodeAddress address, CancellationToken ct) => Task.FromResult(OnConnect(address));

    public static ReachReport Reach { get; } = new(
        new NodeId(2), new NodeAddress("127.0.0.1", 5002), [AddressSource.Configured, AddressSource.Discovered], P2PNode.Node.Reach.OneWay, "it dialled this node", 7);

    public Task<IReadOnlyList<ReachReport>> DiagnoseAsync(CancellationToken ct) => Task.FromResult<IReadOnlyList<ReachReport>>([Reach]);

    public IReadOnlyList<MemberReport> Members() => [Two];

    public ValueTask<FilesReport> FilesAsync(FileQuery query, CancellationToken ct) => OnFiles(query, ct);

    public IAsyncEnumerable<GetLine> GetAsync(GetRequest request, CancellationToken ct) => OnGet(request, ct);
}
