using System.CommandLine;
using P2PNode.Api;
using P2PNode.Cli.Commands;
using P2PNode.Cli.Configuration;
using P2PNode.Node;
using P2PNode.Security;
using Serilog.Events;

namespace P2PNode.Cli;

/// <summary>Carries out one command line and ends with the exit code of the contract.</summary>
internal static class CommandLine
{
    /// <summary>A node that does not end after Ctrl-C or SIGTERM is cut off: two seconds are promised.</summary>
    private static readonly TimeSpan TerminationTimeout = TimeSpan.FromSeconds(2);

    private static readonly ParserConfiguration Parsing = new()
    {
        EnablePosixBundling = false,
        ResponseFileTokenReplacer = null, // A pattern may start with '@'.
    };

    public static Task<int> RunAsync(IReadOnlyList<string> args, Surroundings surroundings, CancellationToken stop = default) =>
        CarryOutAsync(CommandTree.Create(surroundings), args, surroundings, TerminationTimeout, stop);

    /// <summary>Carries out a line that was typed while a node runs, which is stopped by itself when this process is.</summary>
    public static Task<int> CarryOutTypedAsync(RootCommand root, IReadOnlyList<string> args, Surroundings surroundings, CancellationToken off) =>
        CarryOutAsync(root, args, surroundings, terminationTimeout: null, off);

    private static async Task<int> CarryOutAsync(
        RootCommand root, IReadOnlyList<string> args, Surroundings surroundings, TimeSpan? terminationTimeout, CancellationToken stop)
    {
        var parsed = root.Parse(args, Parsing);
        if (UsageProblem.Find(parsed) is { } problem)
        {
            await surroundings.Error.WriteLineAsync(problem);
            await surroundings.Error.WriteLineAsync(UsageProblem.HintFor(parsed));
            return (int)ExitCode.Usage;
        }

        return await CarryOutAsync(parsed, surroundings, terminationTimeout, stop);
    }

    private static async Task<int> CarryOutAsync(
        ParseResult parsed, Surroundings surroundings, TimeSpan? terminationTimeout, CancellationToken stop)
    {
        try
        {
            var configuration = new InvocationConfiguration
            {
                Output = surroundings.Output,
                Error = surroundings.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = terminationTimeout,
            };
            return await parsed.InvokeAsync(configuration, stop);
        }
        catch (ConfigurationException e)
        {
            foreach (var sentence in e.Problems)
                await surroundings.Error.WriteLineAsync(sentence);
            return (int)ExitCode.Usage;
        }
        catch (Exception e) when (e is KeyException or NodeStartException)
        {
            await surroundings.Error.WriteLineAsync(e.Message);
            return (int)ExitCode.Usage;
        }
        catch (LocalRequestException e)
        {
            await surroundings.Error.WriteLineAsync(e.Message);
            return (int)e.Code;
        }
        catch (OperationCanceledException)
        {
            return (int)ExitCode.Failed; // Ctrl-C while an answer was awaited.
        }
        catch (IOException e)
        {
            await surroundings.Error.WriteLineAsync(e.Message); // The reader of a pipe is gone, or the disk is full.
            return (int)ExitCode.Failed;
        }
        catch (Exception e) when (e is not UnauthorizedAccessException) // That is of an output that nobody can take.
        {
            await surroundings.Error.WriteLineAsync(WantsStack(parsed, surroundings) ? $"{ProgramFault.Sentence(e)}\n{e}" : ProgramFault.Sentence(e));
            return (int)ExitCode.Failed;
        }
    }

    private static bool WantsStack(ParseResult parsed, Surroundings surroundings)
    {
        var option = parsed.CommandResult.Command.Options.OfType<Option<string>>().FirstOrDefault(option => option.Name == "--log-level");
        var text = (option is null ? null : parsed.GetValue(option)) ?? surroundings.Environment(GivenSettings.Variable("log-level"));
        return text is not null && LogWords.TryLevel(text, out var level) && level <= LogEventLevel.Debug;
    }
}
