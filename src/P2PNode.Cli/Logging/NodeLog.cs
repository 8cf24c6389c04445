using System.Globalization;
using P2PNode.Cli.Configuration;
using P2PNode.Core;
using Serilog;
using Serilog.Configuration;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Display;
using Serilog.Formatting.Json;

namespace P2PNode.Cli.Logging;

/// <summary>Attaches what takes the log lines of running nodes.</summary>
internal delegate LoggerConfiguration LogTo(LoggerSinkConfiguration sinks, ITextFormatter formatter);

/// <summary>Sets up the log of running nodes.</summary>
internal static class NodeLog
{
    /// <summary>The property that tells nodes of one process apart.</summary>
    public const string NodeProperty = "Node";

    /// <param name="given">Level and format, as far as a person gave them.</param>
    /// <param name="inColour">Whether the lines may use colours.</param>
    /// <param name="logTo">Where the lines go.</param>
    /// <param name="nodes">The nodes whose lines are mixed; none where there is but one.</param>
    public static Logger Create(GivenSettings given, bool inColour, LogTo logTo, IReadOnlyList<NodeId> nodes)
    {
        var level = given.LogLevel ?? LogEventLevel.Information;
        ITextFormatter formatter = given.LogFormat is LogFormat.Json
            ? new JsonFormatter(renderMessage: true)
            : new LineFormatter(inColour, nodes, withStacks: level <= LogEventLevel.Debug);
        return logTo(new LoggerConfiguration().MinimumLevel.Is(level).WriteTo, formatter).CreateLogger();
    }

    /// <summary>The log of a seed: on the console, and with dates in a file of its own.</summary>
    public static Logger CreateForSeed(GivenSettings given, bool inColour, LogTo logTo, string file)
    {
        var isJson = given.LogFormat is LogFormat.Json;
        ITextFormatter dated = isJson
            ? new JsonFormatter(renderMessage: true)
            : new MessageTemplateTextFormatter("{Timestamp:yyyy-MM-dd HH:mm:ss.fffzzz} {Level:u3} {Message:lj}{NewLine}{Exception}", CultureInfo.InvariantCulture);
        return logTo(
                new LoggerConfiguration().MinimumLevel.Is(given.LogLevel ?? LogEventLevel.Information).WriteTo.Sink(new RollingFile(file, dated)).WriteTo,
                isJson ? new JsonFormatter(renderMessage: true) : new LineFormatter(inColour, [], withStacks: false))
            .CreateLogger();
    }

    /// <summary>Standard output stays free for what commands are asked for.</summary>
    public static LoggerConfiguration ToStandardError(LoggerSinkConfiguration sinks, ITextFormatter formatter) =>
        sinks.Console(formatter, standardErrorFromLevel: LevelAlias.Minimum);
}
