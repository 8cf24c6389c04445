using Serilog.Events;

namespace P2PNode.Cli.Configuration;

/// <summary>How log lines are written.</summary>
internal enum LogFormat
{
    Text,
    Json,
}

/// <summary>The words that a person gives for the levels and formats of the log.</summary>
internal static class LogWords
{
    public static readonly IReadOnlyList<string> Levels = ["verbose", "debug", "info", "warning", "error"];

    public static readonly IReadOnlyList<string> Formats = ["text", "json"];

    public static bool TryLevel(string text, out LogEventLevel level)
    {
        var index = IndexOf(Levels, text);
        level = (LogEventLevel)Math.Max(index, 0);
        return index >= 0;
    }

    public static bool TryFormat(string text, out LogFormat format)
    {
        var index = IndexOf(Formats, text);
        format = (LogFormat)Math.Max(index, 0);
        return index >= 0;
    }

    private static int IndexOf(IReadOnlyList<string> words, string text) =>
        words.ToList().FindIndex(word => word.Equals(text, StringComparison.OrdinalIgnoreCase));
}
