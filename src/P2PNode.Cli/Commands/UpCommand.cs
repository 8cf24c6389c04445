using System.CommandLine;
using P2PNode.Api;
using P2PNode.Cli.Configuration;
using P2PNode.Cli.Logging;
using P2PNode.Node;
using Serilog;

namespace P2PNode.Cli.Commands;

/// <summary>Runs every node of nodes.json in this process, which makes a network of one terminal.</summary>
internal sealed class UpCommand(CommandOptions options, Surroundings surroundings)
{
    public Command Create()
    {
        var up = new Command("up", "Run every node of nodes.json in this terminal, which takes commands for any of them.")
        {
            options.Config, options.Seed, options.Discover, options.MaxPeers, options.Copies, options.LimitUp,
            options.LimitDown, options.LogLevel, options.LogFormat,
        };
        up.SetAction(RunAsync);
        return up;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken stop)
    {
        var given = options.Given(parsed);
        var file = NodeSettings.LoadFile(given, surroundings.WorkingDirectory)
            ?? throw new ConfigurationException("There is no nodes.json here; write one, or name it with --config.");
        if (file.Nodes.Count == 0)
            throw new ConfigurationException($"{file.Path} lists no nodes; add some, or run 'p2pnode' alone.");
        var nodes = NodeSettings.ForAll(given, file);
        foreach (var node in nodes)
            NodeSettings.CheckFolder(node);

        var terminal = new NodeTerminal(surroundings);
        await using var log = terminal.CreateLog(given, [.. nodes.Select(node => node.Id)]);
        return (int)await terminal.RunAsync(ended => RunAllAsync(nodes, log, ended), TypedCommands.ForFile(terminal.Surroundings, file.Path), stop);
    }

    /// <summary>Runs until all are stopped, or one fails; the others are stopped cleanly then.</summary>
    private async Task<ExitCode> RunAllAsync(IReadOnlyList<NodeOptions> nodes, ILogger log, CancellationToken stop)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var running = nodes.ToDictionary(node => StartAsync(node, log, ended.Token), node => node.Id);
        var worst = ExitCode.Done;
        while (running.Count > 0)
        {
            var first = await Task.WhenAny(running.Keys);
            running.Remove(first, out var id);
            if (await first is not ExitCode.Done and var code && worst is ExitCode.Done)
            {
                worst = code;
                if (running.Count > 0)
                    log.OthersStopped(id);
                await ended.CancelAsync();
            }
        }

        return worst;
    }

    private Task<ExitCode> StartAsync(NodeOptions node, ILogger log, CancellationToken stop)
    {
        var own = log.ForContext(NodeLog.NodeProperty, node.Id.Value);
        return Task.Run(() => RunningNode.RunAsync(node, surroundings.RunNode, own, stop), CancellationToken.None);
    }
}
