using P2PNode.Cli.Commands;
using P2PNode.Cli.Display;
using P2PNode.Cli.Logging;
using P2PNode.Cli.Typing;
using P2PNode.Node;
using Serilog;

namespace P2PNode.Cli;

/// <summary>Runs one node until it is stopped; ends by throwing then, or when the node cannot go on.</summary>
internal delegate Task RunNode(NodeOptions options, ILogger log, CancellationToken stop);

/// <summary>All that the commands touch of the process around them.</summary>
internal sealed record Surroundings
{
    /// <summary>Takes what was asked for, and nothing else.</summary>
    public required TextWriter Output { get; init; }

    /// <summary>Takes complaints and hints.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>The next line of the standard input; null at its end.</summary>
    public Func<string?> ReadLine { get; init; } = () => null;

    /// <summary>Waits for a key of a person at a terminal that can draw what is typed; null where there is none.</summary>
    public Func<ConsoleKeyInfo>? ReadKey { get; init; }

    /// <summary>Whether a person types what <see cref="ReadLine"/> reads.</summary>
    public bool InputIsTerminal { get; init; }

    /// <summary>Where a Ctrl-C of that person goes.</summary>
    public Interrupts Interrupts { get; init; } = new();

    /// <summary>How wide the terminal is.</summary>
    public Func<int> Columns { get; init; } = () => UnknownColumns;

    private const int UnknownColumns = 80;

    /// <summary>Whether a person reads <see cref="Output"/> directly; tables are drawn then.</summary>
    public bool OutputIsTerminal { get; init; }

    /// <summary>Whether a person reads <see cref="Error"/> directly; progress is drawn then.</summary>
    public bool ErrorIsTerminal { get; init; }

    /// <summary>Whether the log may use colours.</summary>
    public bool LogInColour { get; init; }

    public required string WorkingDirectory { get; init; }

    /// <summary>The value of an environment variable; null where it is not set.</summary>
    public required Func<string, string?> Environment { get; init; }

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Attaches what takes the log lines of running nodes.</summary>
    public required LogTo LogTo { get; init; }

    public required RunNode RunNode { get; init; }

    /// <inheritdoc cref="Screen.InPlace"/>
    public Action<string?>? InPlace { get; init; }

    /// <summary>What stands before a command where it is typed: nothing where a node runs and takes it itself.</summary>
    public string Invocation { get; init; } = CommandTree.ProgramName + " ";

    /// <summary>Where answers for people appear.</summary>
    public Screen Screen => new(Output, OutputIsTerminal, Clock) { InPlace = InPlace };

    /// <summary>Where people see how far something is, beside the answer.</summary>
    public Screen SideScreen => new(Error, ErrorIsTerminal, Clock) { InPlace = InPlace };

    private static bool CanEdit =>
        !Console.IsInputRedirected && !Console.IsOutputRedirected && System.Environment.GetEnvironmentVariable("TERM") is not "dumb";

    /// <summary>A process in the background does not touch the terminal until it is in the foreground again.</summary>
    private static ConsoleKeyInfo ReadKeyInForeground()
    {
        Foreground.Wait(TimeProvider.System);
        return Console.ReadKey(intercept: true);
    }

    public static Surroundings OfThisProcess() => new()
    {
        Output = Console.Out,
        Error = Console.Error,
        ReadLine = Console.ReadLine,
        InputIsTerminal = !Console.IsInputRedirected,
        ReadKey = CanEdit ? ReadKeyInForeground : null,
        Columns = () => Console.BufferWidth is > 0 and var columns ? columns : UnknownColumns,
        OutputIsTerminal = !Console.IsOutputRedirected,
        ErrorIsTerminal = !Console.IsErrorRedirected,
        LogInColour = !Console.IsErrorRedirected && System.Environment.GetEnvironmentVariable("NO_COLOR") is null or "",
        WorkingDirectory = System.Environment.CurrentDirectory,
        Environment = System.Environment.GetEnvironmentVariable,
        LogTo = NodeLog.ToStandardError,
        RunNode = NodeHost.RunAsync,
    };
}
