using System.CommandLine;
using P2PNode.Cli.Configuration;
using P2PNode.Cli.Logging;

namespace P2PNode.Cli.Commands;

/// <summary>Runs one node in the foreground: what the program does when no other command is named.</summary>
internal sealed class RunCommand(CommandOptions options, Surroundings surroundings)
{
    public void AddTo(RootCommand root)
    {
        foreach (var option in new Option[]
        {
            options.Id, options.Config, options.Folder, options.Listen, options.Seed, options.Discover,
            options.MaxPeers, options.Copies, options.LimitUp, options.LimitDown, options.LogLevel, options.LogFormat,
        })
        {
            root.Add(option);
        }

        root.SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken stop)
    {
        var given = options.Given(parsed);
        var file = NodeSettings.LoadFile(given, surroundings.WorkingDirectory);
        var choice = new NodeChoice(given, file, surroundings.WorkingDirectory);
        using var home = await choice.TakeAsync(surroundings.Clock, stop);
        var node = NodeSettings.ForOne(home.Id, given, file, surroundings.WorkingDirectory);
        NodeSettings.CheckFolder(node);

        var terminal = new NodeTerminal(surroundings);
        await using var log = terminal.CreateLog(given, []);
        if (choice.Homes.Loss is { } loss)
            log.HomesLost(loss);
        foreach (var (id, folder) in home.Gone)
            log.NodeGone(id, folder);
        foreach (var (id, folder) in home.Away)
            log.NodeAway(id, folder);
        return (int)await terminal.RunAsync(
            ended => RunningNode.RunAsync(node, surroundings.RunNode, log, ended), TypedCommands.ForNode(terminal.Surroundings, node.Folder), stop);
    }
}
