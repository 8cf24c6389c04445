using P2PNode.Api;
using P2PNode.Cli.Configuration;
using P2PNode.Cli.Logging;
using P2PNode.Cli.Typing;
using P2PNode.Core;
using Serilog.Core;

namespace P2PNode.Cli.Commands;

/// <summary>The terminal of nodes that run in the foreground: their log appears above the line that a person types.</summary>
internal sealed class NodeTerminal
{
    private readonly Prompt? _prompt;

    public NodeTerminal(Surroundings surroundings)
    {
        _prompt = surroundings.ReadKey is null ? null : new Prompt(surroundings.Output, surroundings.Columns);
        Surroundings = surroundings with { InPlace = _prompt is null ? null : _prompt.ShowProgress, Invocation = "" };
    }

    /// <summary>Those of the commands that are typed here.</summary>
    public Surroundings Surroundings { get; }

    /// <inheritdoc cref="NodeLog.Create"/>
    public Logger CreateLog(GivenSettings given, IReadOnlyList<NodeId> nodes)
    {
        LogTo logTo = _prompt is null
            ? Surroundings.LogTo
            : (sinks, formatter) => sinks.Sink(new PromptedLog(_prompt, formatter, Surroundings.Error));
        return NodeLog.Create(given, Surroundings.LogInColour, logTo, nodes);
    }

    /// <summary>Runs nodes until they end, and takes commands meanwhile, one of which may have them end.</summary>
    public async Task<ExitCode> RunAsync(Func<CancellationToken, Task<ExitCode>> run, TypedCommands typed, CancellationToken stop)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var running = run(ended.Token);
        var typing = TakeTypedAsync(typed, ended);
        var code = await running;
        await ended.CancelAsync();
        await typing;
        return code;
    }

    /// <summary>Takes commands until the nodes end, and has them end when one says so. That no more come ends nothing.</summary>
    private async Task TakeTypedAsync(TypedCommands typed, CancellationTokenSource ended)
    {
        var lines = _prompt is null
            ? TypedLines.Plain(Surroundings.ReadLine)
            : TypedLines.Edited(Surroundings.ReadKey!, typed.Complete, _prompt);
        if (Surroundings.InputIsTerminal)
            Surroundings.Interrupts.OfferTo(lines.TryInterrupt);
        try
        {
            await typed.RunAsync(lines, ended.Token);
            if (typed.Quits)
                await ended.CancelAsync();
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            _prompt?.Leave();
        }
        finally
        {
            Surroundings.Interrupts.OfferTo(null);
        }
    }
}
