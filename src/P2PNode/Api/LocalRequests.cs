using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using P2PNode.Core;
using P2PNode.Node;
using P2PNode.Protocol;
using Serilog;

namespace P2PNode.Api;

/// <summary>Answers each request at the local endpoint with one JSON document.</summary>
internal sealed partial class LocalRequests(INodeQueries node, TimeProvider clock, ILogger log) : IHttpApplication<HttpContext>
{
    /// <summary>How long a request may wait for the leader; the asking command waits a little longer.</summary>
    public static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a search may take, which gives up a silent leader by itself: a million rows on a busy machine take their
    /// time. To write them may take as long as the asking command reads on.
    /// </summary>
    public static readonly TimeSpan SearchTimeout = TimeSpan.FromMinutes(2);

    /// <summary>In characters; what looks at a path goes down it step by step.</summary>
    private const int LongestPath = 4096;

    private const string Files = "/v1/files";
    private const string Rescan = "/v1/rescan";
    private const string Get = "/v1/get";
    private const string Say = "/v1/say";
    private const string Connect = "/v1/connect";
    private const string Diagnose = "/v1/diagnose";
    private const string Leave = "/v1/leave";
    private const string RefusedStart = "/v1/refused-start";

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public void DisposeContext(HttpContext context, Exception? exception)
    {
    }

    public async Task ProcessRequestAsync(HttpContext context)
    {
        var request = context.Request;
        var patience = request.Path == Files ? SearchTimeout : AnswerTimeout;
        using var timeout = new CancellationTokenSource(patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, context.RequestAborted);
        try
        {
            // These take as long as they take, and end with whoever asked for it.
            if (request.Path == Get && HttpMethods.IsPost(request.Method))
                await AnswerGetAsync(context, context.RequestAborted);
            else if (request.Path == Leave && HttpMethods.IsPost(request.Method))
                await AnswerLeaveAsync(context, context.RequestAborted);
            else
                await AnswerAsync(context, either.Token);
            log.RequestAnswered(request.Method, request.Path, context.Response.StatusCode);
        }
        catch (NoLeaderException e)
        {
            await RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, e.Message, ExitCode.NoLeader);
        }
        catch (GetException e)
        {
            var (status, code) = e.Fault switch
            {
                GetFault.NotFound => (StatusCodes.Status404NotFound, ExitCode.NotFound),
                GetFault.Ambiguous => (StatusCodes.Status409Conflict, ExitCode.Ambiguous),
                _ => (StatusCodes.Status400BadRequest, ExitCode.Usage),
            };
            await RefuseAsync(context, status, new LocalError(e.Message, code, e.Candidates is [] ? null : e.Candidates));
        }
        catch (SayRefusedException e)
        {
            var (status, code) = e.IsUsage ? (StatusCodes.Status400BadRequest, ExitCode.Usage) : (StatusCodes.Status429TooManyRequests, ExitCode.Refused);
            await RefuseAsync(context, status, e.Message, code);
        }
        catch (PeerException e)
        {
            var code = e.Fault is PeerFault.Rejected or PeerFault.NotAdmitted or PeerFault.OtherNetwork or PeerFault.Full ? ExitCode.Refused : ExitCode.Failed;
            await RefuseAsync(context, StatusCodes.Status502BadGateway, $"There is no link: {e.Message}.", code);
        }
        catch (RescanRefusedException e)
        {
            await RefuseAsync(context, StatusCodes.Status409Conflict, e.Message, ExitCode.Refused);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !context.Response.HasStarted)
        {
            var (sentence, code) = request.Path == Files
                ? ($"The search did not end within {patience.TotalSeconds:0} seconds; ask for fewer files with --limit.", ExitCode.Failed)
                : ($"No leader answered within {patience.TotalSeconds:0} seconds.", ExitCode.NoLeader);
            await RefuseAsync(context, StatusCodes.Status504GatewayTimeout, sentence, code);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Whoever asked has gone; there is nobody left to tell.
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            log.RequestFailed(request.Method, request.Path, e);
            await RefuseAsync(context, StatusCodes.Status500InternalServerError, e.Message, ExitCode.Failed);
        }
    }

    private async Task AnswerAsync(HttpContext context, CancellationToken stop)
    {
        var path = context.Request.Path.Value;
        var method = path is Rescan or Get or Say or Connect or Diagnose or Leave or RefusedStart ? HttpMethods.Post : HttpMethods.Get;
        if (!HttpMethods.Equals(context.Request.Method, method))
        {
            context.Response.Headers.Allow = method;
            await RefuseAsync(context, StatusCodes.Status405MethodNotAllowed, $"Only {method} is understood here.", ExitCode.Failed);
            return;
        }

        switch (path)
        {
            case "/v1/status":
                await WriteAsync(context, node.Status(), NodeQueriesJson.Status, stop);
                break;
            case "/v1/members":
                await WriteAsync(context, node.Members(), NodeQueriesJson.Members, stop);
                break;
            case Files:
                await AnswerFilesAsync(context, stop);
                break;
            case Rescan:
                node.Rescan(acceptLoss: context.Request.Query["acceptLoss"] == "true");
                await WriteAsync(context, node.Status(), NodeQueriesJson.Status, stop);
                break;
            case Say:
                await AnswerSayAsync(context, stop);
                break;
            case Connect:
                await AnswerConnectAsync(context, stop);
                break;
            case Diagnose:
                await WriteAsync(context, await node.DiagnoseAsync(stop), NodeQueriesJson.Diagnosis, stop);
                break;
            case RefusedStart:
                await AnswerRefusedStartAsync(context, stop);
                break;
            default:
                var sentence = $"This node does not know {context.Request.Path}; it may be older than the command.";
                await RefuseAsync(context, StatusCodes.Status404NotFound, sentence, ExitCode.Failed);
                break;
        }
    }

    private async Task AnswerConnectAsync(HttpContext context, CancellationToken stop)
    {
        if (!NodeAddress.TryParse(context.Request.Query["address"].ToString(), out var address))
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, "The request names no address HOST:PORT.", ExitCode.Usage);
            return;
        }

        await WriteAsync(context, await node.ConnectAsync(address, stop), NodeQueriesJson.Connect, stop);
    }

    private async Task AnswerRefusedStartAsync(HttpContext context, CancellationToken stop)
    {
        if (!int.TryParse(context.Request.Query["process"], NumberStyles.None, CultureInfo.InvariantCulture, out var process))
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, "The request names no process.", ExitCode.Usage);
            return;
        }

        node.NoteRefusedStart(process);
        await WriteAsync(context, node.Status(), NodeQueriesJson.Status, stop);
    }

    private async Task AnswerFilesAsync(HttpContext context, CancellationToken stop)
    {
        if (!FileQueryParameters.TryRead(name => context.Request.Query[name], out var query, out var problem))
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, problem, ExitCode.Usage);
            return;
        }

        var files = await node.FilesAsync(query, stop);
        await WriteAsync(context, files, NodeQueriesJson.Files, context.RequestAborted);
    }

    private async Task AnswerSayAsync(HttpContext context, CancellationToken stop)
    {
        if (await ReadAsync(context, NodeQueriesJson.SayRequest, stop) is not { Text: { } text })
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, "The request says in no known way what to say.", ExitCode.Usage);
            return;
        }

        await WriteAsync(context, await node.SayAsync(text, stop), NodeQueriesJson.SayReport, stop);
    }

    /// <summary>The body of a request; null where it is none.</summary>
    private static async Task<T?> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> json, CancellationToken stop)
        where T : class
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(context.Request.Body, json, stop);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A document may name null, and a path that no system takes.</summary>
    private static bool IsPossible(GetRequest asked) =>
        asked.What.All(one => one is not null)
        && (asked.Output is not { } output || (output.Length <= LongestPath && !output.Contains('\0') && Path.IsPathFullyQualified(output)));

    private static Task RefuseAsync(HttpContext context, int status, string sentence, ExitCode code) =>
        RefuseAsync(context, status, new LocalError(sentence, code));

    private static Task RefuseAsync(HttpContext context, int status, LocalError error)
    {
        context.Response.StatusCode = status;
        return WriteAsync(context, error, LocalError.Json, context.RequestAborted);
    }

    private static Task WriteAsync<T>(HttpContext context, T document, JsonTypeInfo<T> json, CancellationToken stop)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        return JsonSerializer.SerializeAsync(context.Response.BodyWriter, document, json, stop);
    }
}
