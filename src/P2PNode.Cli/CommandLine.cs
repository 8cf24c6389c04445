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
    private static readonly ParserConfiguration Parsing = new()
    {
        EnablePosixBundling = false,
        ResponseFileTokenReplacer = null, // A pattern may start with '@'.
    };

    public static Task<int> RunAsync(IReadOnlyList<string> args, Surroundings surroundings, CancellationToken stop = default) =>
        CarryOutAsync(CommandTree.Create(surroundings), args, surroundings, stop);

    /// <summary>Carries out a command of a tree.</summary>
    public static async Task<int> CarryOutAsync(RootCommand root, IReadOnlyList<string> args, Surroundings surroundings, CancellationToken stop)
    {
        var parsed = root.Parse(args, Parsing);
        var usage = new UsageProblem(surroundings.Invocation);
        if (usage.Find(parsed) is { } problem)
        {
            await surroundings.Error.WriteLineAsync(problem);
            await surroundings.Error.WriteLineAsync(usage.HintFor(parsed));
            return (int)ExitCode.Usage;
        }

        try
        {
            var configuration = new InvocationConfiguration
            {
                Output = surroundings.Output,
                Error = surroundings.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null, // The process itself sees to that.
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
