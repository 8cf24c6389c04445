using System.Globalization;
using P2PNode.Core;
using Serilog.Events;
using Serilog.Formatting;

namespace P2PNode.Cli.Logging;

/// <summary>
/// Writes each event as one line, <c>[12:00:01 INF] message</c>, with the node in front where several share a
/// terminal. An exception is told by its messages; only a bug, which is fatal, and the finer levels show its stack.
/// </summary>
internal sealed class LineFormatter(bool colour, IReadOnlyList<NodeId> nodes, bool withStacks) : ITextFormatter
{
    private const string Reset = "\e[0m";
    private const string Dim = "\e[2m";

    /// <summary>Green, cyan, yellow, magenta, blue, white: told apart on dark and light ground.</summary>
    private static readonly string[] NodeColours = ["\e[32m", "\e[36m", "\e[33m", "\e[35m", "\e[34m", "\e[37m"];

    private readonly int _idWidth = nodes.Select(id => id.ToString().Length).DefaultIfEmpty().Max();

    public void Format(LogEvent logEvent, TextWriter output)
    {
        WriteNode(logEvent, output);
        Write(output, Dim, logEvent.Timestamp.ToString("'['HH:mm:ss ", CultureInfo.InvariantCulture));
        Write(output, ColourOf(logEvent.Level), Abbreviation(logEvent.Level));
        Write(output, Dim, "]");
        output.Write(' ');
        output.Write(OnOneLine(Message(logEvent)));
        output.WriteLine();
        if (logEvent.Exception is { } exception && (withStacks || logEvent.Level == LogEventLevel.Fatal))
            WriteStack(logEvent, exception, output);
    }

    private void WriteNode(LogEvent logEvent, TextWriter output)
    {
        if (nodes.Count == 0)
            return;

        // A line of the process itself, which belongs to no node, is indented like the others.
        var ofNode = logEvent.Properties.GetValueOrDefault(NodeLog.NodeProperty) as ScalarValue;
        var index = nodes.TakeWhile(node => !Equals(ofNode?.Value, node.Value)).Count();
        var name = index < nodes.Count ? $"node {nodes[index].ToString().PadLeft(_idWidth)}" : "";
        Write(output, NodeColours[index % NodeColours.Length], name.PadRight("node ".Length + _idWidth) + " |");
        output.Write(' ');
    }

    private void WriteStack(LogEvent logEvent, Exception exception, TextWriter output)
    {
        foreach (var line in exception.ToString().Split('\n'))
        {
            WriteNode(logEvent, output);
            output.Write("    ");
            output.WriteLine(Printable.Of(line.TrimEnd('\r')));
        }
    }

    private void Write(TextWriter output, string ansi, string text) =>
        output.Write(colour ? ansi + text + Reset : text);

    private static string Message(LogEvent logEvent)
    {
        using var message = new StringWriter(CultureInfo.InvariantCulture);
        foreach (var token in logEvent.MessageTemplate.Tokens)
        {
            // Texts stand without the quotes that Serilog puts around them: the line is read by people.
            if (token is Serilog.Parsing.PropertyToken { Format: null, Alignment: null } property
                && logEvent.Properties.GetValueOrDefault(property.PropertyName) is ScalarValue { Value: string text })
            {
                message.Write(text);
            }
            else
            {
                token.Render(logEvent.Properties, message, CultureInfo.InvariantCulture);
            }
        }

        for (var cause = logEvent.Exception; cause is not null; cause = cause.InnerException)
            message.Write($": {cause.Message.TrimEnd('.')}");
        return message.ToString();
    }

    private static string OnOneLine(string message) =>
        Printable.Of(message.AsSpan().ContainsAny('\r', '\n') ? message.ReplaceLineEndings(" ") : message);

    private static string Abbreviation(LogEventLevel level) => level switch
    {
        LogEventLevel.Verbose => "VRB",
        LogEventLevel.Debug => "DBG",
        LogEventLevel.Information => "INF",
        LogEventLevel.Warning => "WRN",
        LogEventLevel.Error => "ERR",
        _ => "FTL",
    };

    private static string ColourOf(LogEventLevel level) => level switch
    {
        LogEventLevel.Warning => "\e[33m",
        >= LogEventLevel.Error => "\e[31m",
        LogEventLevel.Information => "\e[32m",
        _ => Dim,
    };
}
