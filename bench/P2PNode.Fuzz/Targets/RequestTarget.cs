using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.AspNetCore.Http;
using P2PNode.Api;
using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Node;
using Serilog.Core;

namespace P2PNode.Fuzz.Targets;

/// <summary>Requests at the local endpoint, once its server has taken them apart: a method, a path with parameters, a body.</summary>
internal sealed class RequestTarget : FuzzTarget
{
    private static readonly string[] Routes = ["GET /v1/status", "GET /v1/members", "GET /v1/files", "POST /v1/rescan", "POST /v1/say", "POST /v1/get", "POST /v1/connect", "POST /v1/refused-start", "PUT /v1/get", "GET /", "GET /v2/files"];

    private static readonly string[] Parameters =
    [
        "pattern=docs", "pattern=**/*.txt", "pattern=NODE2/", "pattern=[a", "peer=2", "peer=-1", "minSize=1", "maxSize=99999999999999999999", "since=2026-01-31T12:00:00Z", "since=9999-12-31T23:59:59-14:00",
        "root=00", "sort=size", "sort=3", "sort=", "reverse=true", "limit=10", "limit=0", "limit=2147483648", "acceptLoss=true", "address=127.0.0.1:5001", "address=x", "process=123", "process=-1", "pattern=a&pattern=b", "%", "other",
    ];

    private static readonly string[] Bodies =
    [
        """{"what":["docs/a.txt"],"all":false,"output":"/tmp/x","outputIsFolder":true,"force":true}""", """{"what":["*","NODE2/docs/",""],"output":null}""", """{"all":true}""",
        """{"what":null}""", """{"what":[null]}""", """{"what":[1]}""", """{"output":"relative"}""", "null", "[]", "", """{"output":"/\u0000"}""", """{"text":"hello"}""", """{"text":""}""", """{"output":"/a/../../b//"}""",
    ];

    private readonly SampleFolder _root = new();
    private readonly LocalRequests _requests;

    public RequestTarget() => _requests = new LocalRequests(new Node(_root.Path), TimeProvider.System, Logger.None);

    public override string Name => "request";

    public override long MostBytes => 4 << 20;

    public override byte[] Sample(Random random)
    {
        var route = Routes[random.Next(Routes.Length)];
        var parameters = string.Join('&', Enumerable.Range(0, random.Next(4)).Select(_ => Parameters[random.Next(Parameters.Length)]));
        var body = random.Next(50) == 0 ? $$"""{"output":"{{string.Concat(Enumerable.Repeat("/a", random.Next(30_000)))}}"}""" : Bodies[random.Next(Bodies.Length)];
        return Encoding.UTF8.GetBytes($"{route}?{parameters}\n{body}");
    }

    public override void Take(byte[] input)
    {
        var context = new DefaultHttpContext();
        var line = Array.IndexOf(input, (byte)'\n') is >= 0 and var end ? end : input.Length;
        var words = Encoding.UTF8.GetString(input, 0, line).Split(' ', 2);
        var target = words[^1].Split('?', 2);
        context.Request.Method = words[0];
        context.Request.Path = new PathString("/" + target[0].TrimStart('/'));
        context.Request.QueryString = target.Length > 1 ? new QueryString("?" + target[1]) : QueryString.Empty;
        context.Request.Body = new MemoryStream(input, line, input.Length - line);
        context.Response.Body = new MemoryStream();

        var answering = _requests.ProcessRequestAsync(context);
        if (!answering.IsCompleted)
            throw new InvalidOperationException("It waits though all bytes are there.");
        answering.GetAwaiter().GetResult();
        if (context.Response.StatusCode == StatusCodes.Status500InternalServerError)
            throw new InvalidOperationException("It failed: " + Encoding.UTF8.GetString(((MemoryStream)context.Response.Body).ToArray()));
        if (context.Response.StatusCode != StatusCodes.Status200OK)
            throw new BadHttpRequestException("It was refused.");
    }

    public override bool Expects(Exception e) => e is BadHttpRequestException;

    protected override void Dispose(bool disposing)
    {
        _root.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>A node that leads and has a small catalogue; it looks at a request to fetch, and fetches nothing.</summary>
    private sealed class Node(string root) : INodeQueries
    {
        private readonly NetworkCatalogue _catalogue = SmallCatalogue.Make();

        public StatusReport Status() => new()
        {
            Id = new NodeId(1),
            Role = NodeRole.Leader,
            Leader = new NodeId(1),
            Epoch = 1,
            Links = [],
            Members = [],
            Catalogue = new CatalogueReport(0, 0),
            Pending = new PendingReport(0, 0),
        };

        public IReadOnlyList<MemberReport> Members() => [];

        public Task<ConnectReport> ConnectAsync(NodeAddress address, CancellationToken ct) => Task.FromResult(new ConnectReport(new NodeId(2), address));

        public ValueTask<SayReport> SayAsync(string text, CancellationToken ct) => SayRefusedException.ProblemOf(text) is { } problem
            ? throw new SayRefusedException(problem, isUsage: true)
            : ValueTask.FromResult(new SayReport(new NodeId(1), text));

        public Task<IReadOnlyList<ReachReport>> DiagnoseAsync(CancellationToken ct) => Task.FromResult<IReadOnlyList<ReachReport>>([]);

        public ValueTask<FilesReport> FilesAsync(FileQuery query, CancellationToken ct)
        {
            var found = _catalogue.Find(query);
            return ValueTask.FromResult(new FilesReport([], new ListingsReport(0, 0), found.Found));
        }

        public async IAsyncEnumerable<GetLine> GetAsync(GetRequest request, [EnumeratorCancellation] CancellationToken ct)
        {
            OutputTargets.Spare(root, request, []);
            await Task.CompletedTask;
            foreach (var text in request.What)
            {
                var match = text.EndsWith('/') ? PathMatch.Folder : PathMatch.PathOrName;
                if (!PathPattern.TryParse(text, match, out var pattern, out var reason))
                    throw new GetException(GetFault.Usage, reason);
                _catalogue.Find(new FileQuery { Pattern = pattern });
            }

            yield return new GetLine { Totals = new GetTotals(0, 0, 0, 0) };
        }

        public void Rescan(bool acceptLoss)
        {
        }

        public void NoteRefusedStart(int process)
        {
        }
    }
}
