using System.Diagnostics;
using System.Runtime.InteropServices;

namespace P2PNode.EndToEnd.Kit;

/// <summary>The built program, which lies beside the tests, or another that P2PNODE_PROGRAM names, such as a published one.</summary>
internal static class Executable
{
    public static readonly string Path = Environment.GetEnvironmentVariable("P2PNODE_PROGRAM") is { Length: > 0 } named
        ? System.IO.Path.GetFullPath(named)
        : System.IO.Path.Combine(AppContext.BaseDirectory, "P2PNode.Cli");

    /// <summary>Starts the program as a process of its own, with nothing of its settings in the environment.</summary>
    public static RunningProcess Start(string workingDirectory, params IEnumerable<string> args) =>
        Start(workingDirectory, Path, args);

    /// <summary>Runs a command to its end.</summary>
    public static Task<CommandResult> RunAsync(string workingDirectory, params IEnumerable<string> args) =>
        RunAsync(workingDirectory, Path, args);

    /// <summary>Runs another program, which may run ours, to its end.</summary>
    public static async Task<CommandResult> RunAsync(string workingDirectory, string program, IEnumerable<string> args)
    {
        using var process = Start(workingDirectory, program, args);
        var code = await process.ExitAsync(Eventually.Deadline);
        return new CommandResult(code, process.Output, process.Error);
    }

    /// <summary>Starts another program, which may run ours.</summary>
    public static RunningProcess Start(string workingDirectory, string program, IEnumerable<string> args)
    {
        Signals.HeedInterrupts();
        var start = new ProcessStartInfo(program, args)
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("P2PNODE_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        start.Environment["DOTNET_ROOT"] = System.IO.Path.GetFullPath("../../..", RuntimeEnvironment.GetRuntimeDirectory());
        return new RunningProcess(Process.Start(start)!);
    }
}

/// <summary>How a command ended and what it printed.</summary>
internal sealed record CommandResult(int Code, string Output, string Error);
