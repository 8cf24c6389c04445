using System.CommandLine;
using P2PNode.Cli.Commands;

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
        var failed = new FailedCommand(parsed, surroundings);
        var usage = new UsageProblem(surroundings.Invocation);
        if (usage.Find(parsed) is { } problem)
            return await failed.TellAsync(problem, usage.HintFor(parsed));

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
        catch (Exception e) when (e is not UnauthorizedAccessException) // That is of an output that nobody can take.
        {
            return await failed.TellAsync(e);
        }
    }
}
