using System.Text.Json;
using P2PNode.Api;
using P2PNode.Cli.Display;
using P2PNode.Node;
using Spectre.Console;

namespace P2PNode.Cli.Commands;

/// <summary>
/// Shows a node's status again and again until it is interrupted or the node ends: in one place of a terminal that it has
/// for itself, elsewhere a line whenever something changed, as JSON one document a line.
/// </summary>
internal sealed class StatusWatch(AskedNode node, Screen screen)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly CollectionProgress _collection = new(screen.Clock);

    /// <exception cref="LocalRequestException">The node does not run, or ended.</exception>
    public async Task RunAsync(bool json, CancellationToken stop)
    {
        try
        {
            if (json)
                await EachAsync(status => screen.Line(JsonSerializer.Serialize(status, NodeQueriesJson.Status)), stop);
            else if (screen is { IsTerminal: true, InPlace: null })
                await screen.Drawn.Live(new Text("")).StartAsync(live => EachAsync(status => live.UpdateTarget(new Text(Page(status))), stop));
            else
                await WriteAsync(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // A watch has no other end than this.
        }
    }

    private Task WriteAsync(CancellationToken stop)
    {
        var last = "";
        return EachAsync(
            status =>
            {
                var line = StatusView.Line(status, _collection.Describe(status));
                if (line != last)
                    screen.Line(last = line);
            },
            stop);
    }

    private async Task EachAsync(Action<StatusReport> show, CancellationToken stop)
    {
        while (true)
        {
            show(await node.AskAsync(client => client.StatusAsync(stop)));
            await Task.Delay(Interval, screen.Clock, stop);
        }
    }

    private string Page(StatusReport status)
    {
        var page = new StringWriter();
        StatusView.Write(status, new Screen(page, isTerminal: false, screen.Clock), _collection.Describe(status));
        return page.ToString();
    }
}
