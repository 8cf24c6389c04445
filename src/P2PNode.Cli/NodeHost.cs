using P2PNode.Api;
using P2PNode.Files;
using P2PNode.Node;
using Serilog;

namespace P2PNode.Cli;

/// <summary>The one place where a node is put together with the endpoint that answers commands.</summary>
internal static class NodeHost
{
    /// <inheritdoc cref="RunNode"/>
    /// <exception cref="NodeStartException">The node cannot start.</exception>
    public static async Task RunAsync(NodeOptions options, ILogger log, CancellationToken stop)
    {
        var node = new PeerNode(options, TimeProvider.System, log);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);

        // The endpoint starts beside the node, not before it: a node's first log line must not wait for it.
        var running = node.RunAsync(ended.Token);
        if (running.IsCompleted)
            await EndAsync(running, options.Folder, stop); // It cannot start; no endpoint may come into a folder that is not its own.
        var answering = Task.Run(
            () => LocalEndpoint.ServeAsync(options.Folder, node, TimeProvider.System, log, ended.Token), ended.Token);

        var first = await Task.WhenAny(running, answering);
        await ended.CancelAsync();
        await Task.WhenAll(running, answering).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first; // The one that ended first holds the reason; the other was merely stopped.
    }

    /// <summary>Ends as a node did at once; where another one has its folder, that one hears of it.</summary>
    private static async Task EndAsync(Task ended, string folder, CancellationToken stop)
    {
        try
        {
            await ended;
        }
        catch (NodeStartException e) when (e.InnerException is FolderInUseException)
        {
            await LocalClient.TellOfRefusedStartAsync(folder, stop);
            throw;
        }
    }
}
