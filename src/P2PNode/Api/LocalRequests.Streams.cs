using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using P2PNode.Node;

namespace P2PNode.Api;

/// <content>Answers that come in lines, for what takes its time.</content>
internal sealed partial class LocalRequests
{
    /// <summary>Eleven days: nobody waits longer for a command.</summary>
    private const double MostSeconds = 1_000_000;

    private static readonly byte[] EndOfLine = [(byte)'\n'];

    /// <summary>Answers with one JSON document a line, each as soon as there is something to tell.</summary>
    private async Task AnswerGetAsync(HttpContext context, CancellationToken stop)
    {
        if (await ReadAsync(context, NodeQueriesJson.GetRequest, stop) is not { } asked || !IsPossible(asked))
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, "The request says in no known way what to fetch.", ExitCode.Usage);
            return;
        }

        await foreach (var line in node.GetAsync(asked, stop))
            await WriteLineAsync(context, line, NodeQueriesJson.GetLine, stop);
    }

    /// <summary>The same; what goes wrong when there is a line already is the last one.</summary>
    private async Task AnswerLeaveAsync(HttpContext context, CancellationToken stop)
    {
        if (!double.TryParse(context.Request.Query["timeout"], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) || seconds is not (>= 0 and <= MostSeconds))
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, "The request names no timeout in seconds.", ExitCode.Usage);
            return;
        }

        try
        {
            await foreach (var line in node.LeaveAsync(TimeSpan.FromSeconds(seconds), stop))
                await WriteLineAsync(context, line, NodeQueriesJson.LeaveLine, stop);
        }
        catch (LeaveException e)
        {
            var code = e.Fault switch
            {
                LeaveFault.Refused => ExitCode.Refused,
                LeaveFault.NoLeader => ExitCode.NoLeader,
                _ => ExitCode.Failed,
            };
            if (context.Response.HasStarted)
                await WriteLineAsync(context, new LocalError(e.Message, code), LocalError.Json, stop);
            else
                await RefuseAsync(context, StatusCodes.Status409Conflict, e.Message, code);
        }
    }

    private static async Task WriteLineAsync<T>(HttpContext context, T line, JsonTypeInfo<T> json, CancellationToken stop)
    {
        if (!context.Response.HasStarted)
            context.Response.ContentType = "application/jsonl; charset=utf-8";
        await JsonSerializer.SerializeAsync(context.Response.BodyWriter, line, json, stop);
        await context.Response.BodyWriter.WriteAsync(EndOfLine, stop);
    }
}
