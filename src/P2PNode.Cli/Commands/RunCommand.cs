using System.CommandLine;
using P2PNode.Cli.Configuration;
using P2PNode.Cli.Logging;
using P2PNode.Cli.Typing;
using P2PNode.Node;

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

        var prompt = surroundings.ReadKey is null ? null : new Prompt(surroundings.Output, surroundings.Columns);
        await using var log = NodeLog.Create(given, surroundings.LogInColour, prompt is null ? surroundings.LogTo : LogAbove(prompt), []);
        if (choice.Homes.Loss is { } loss)
            log.HomesLost(loss);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var running = RunningNode.RunAsync(node, surroundings.RunNode, log, ended.Token);
        var typing = TakeTypedAsync(node, prompt, ended);
        var code = await running;
        await ended.CancelAsync();
        await typing;
        return (int)code;
    }

    /// <summary>Takes commands until the node ends, and has it end when one says so. That no more come ends nothing.</summary>
    private async Task TakeTypedAsync(NodeOptions node, Prompt? prompt, CancellationTokenSource ended)
    {
        var typed = new TypedCommands(surroundings, node.Folder);
        var lines = prompt is null
            ? TypedLines.Plain(surroundings.ReadLine)
            : TypedLines.Edited(surroundings.ReadKey!, new EditedLine(typed.Complete), prompt);
        try
        {
            await typed.RunAsync(lines, ended.Token);
            if (typed.Quits)
                await ended.CancelAsync();
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            prompt?.Leave();
        }
    }

    private LogTo LogAbove(Prompt prompt) =>
        (sinks, formatter) => sinks.Sink(new PromptedLog(prompt, formatter, surroundings.Error));
}
