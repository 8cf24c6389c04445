using System.Text;

namespace P2PNode.Cli.Typing;

/// <summary>
/// The words of a typed line, divided by blanks. Within "…", and within '…' around a word, blanks are part of it; a single
/// quote anywhere else, and one that is never closed, is an apostrophe.
/// </summary>
internal static class TypedWords
{
    public static string[] Split(string line) => [.. Divide(line).Select(word => word.Value)];

    /// <summary>Where the word begins that the text ends with, and what it is so far without quotes.</summary>
    public static (int Start, string Value) Last(string text) =>
        Divide(text).LastOrDefault() is { IsOpen: true } last ? (last.Start, last.Value) : (text.Length, "");

    /// <summary>How a word is typed: in quotes where it has blanks, which are not closed where more of it may follow.</summary>
    public static string Written(string word, bool goesOn) => !word.Contains(' ') ? word : goesOn ? $"\"{word}" : $"\"{word}\"";

    /// <summary>Each word, and whether the line ended before it did.</summary>
    private static List<(int Start, string Value, bool IsOpen)> Divide(string line)
    {
        var words = new List<(int Start, string Value, bool IsOpen)>();
        for (var at = 0; at < line.Length;)
        {
            if (char.IsWhiteSpace(line[at]))
            {
                at++;
                continue;
            }

            var (start, value) = (at, new StringBuilder());
            if (SingleQuoted(line, at) is { } end)
            {
                value.Append(line, at + 1, end - at - 1);
                at = end + 1;
            }
            else
            {
                at = Plain(line, at, value);
            }

            words.Add((start, value.ToString(), at == line.Length));
        }

        return words;
    }

    /// <summary>Where a single quote that is before a blank or the end closes the one at a place; null where none does.</summary>
    private static int? SingleQuoted(string line, int at)
    {
        if (line[at] != '\'')
            return null;
        var end = line.IndexOf("' ", at + 1, StringComparison.Ordinal);
        if (end < 0 && line.Length > at + 1 && line[^1] == '\'')
            end = line.Length - 1;
        return end < 0 ? null : end;
    }

    /// <summary>Adds up to the next blank outside of double quotes; the end.</summary>
    private static int Plain(string line, int at, StringBuilder value)
    {
        var isQuoted = false;
        for (; at < line.Length && (isQuoted || !char.IsWhiteSpace(line[at])); at++)
        {
            if (line[at] == '"')
                isQuoted = !isQuoted;
            else
                value.Append(line[at]);
        }

        return at;
    }
}
