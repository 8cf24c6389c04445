namespace P2PNode.Cli.Typing;

/// <summary>
/// The line at the bottom of a terminal: what a person types, or how far the command is that was typed. What else is written
/// appears above it. Thread-safe.
/// </summary>
/// <param name="output">The terminal.</param>
/// <param name="columns">How wide it is at the moment.</param>
internal sealed class Prompt(TextWriter output, Func<int> columns)
{
    private const string Mark = "> ";

    /// <summary>To the start of the line, and nothing behind it.</summary>
    private const string Erase = "\r\e[K";

    /// <summary>A terminal that says that it is narrower does not know.</summary>
    private const int Narrowest = 10;

    private readonly Lock _gate = new();
    private (string Mark, string Text, int Cursor)? _shown;

    /// <summary>Shows what was typed so far.</summary>
    public void Show(string text, int cursor)
    {
        lock (_gate)
        {
            _shown = (Mark, text, cursor);
            Draw();
        }
    }

    /// <summary>Shows how far something is while nothing is typed, in one place; null takes it away.</summary>
    public void ShowProgress(string? text)
    {
        lock (_gate)
        {
            if (_shown is not null)
                output.Write(Erase);
            _shown = text is null ? null : ("", text, 0);
            output.Flush();
            Draw();
        }
    }

    /// <summary>Leaves what was typed where it stands, and goes to the next line; nothing is shown until it is asked for again.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            if (_shown is null)
                return;
            _shown = null;
            output.WriteLine();
            output.Flush();
        }
    }

    /// <summary>Says something above.</summary>
    public void Tell(string sentence) => Above(() => output.WriteLine(sentence));

    /// <summary>Writes whole lines above.</summary>
    public void Above(Action write)
    {
        lock (_gate)
        {
            if (_shown is not null)
            {
                output.Write(Erase);
                output.Flush();
            }

            write();
            Draw();
        }
    }

    /// <summary>One row always, whatever was typed: of a long line the part around the cursor is shown.</summary>
    private void Draw()
    {
        if (_shown is not var (mark, text, cursor))
            return;
        var room = Math.Max(Narrowest, columns()) - mark.Length - 1;
        var from = Math.Max(0, cursor - room);
        var part = text.Substring(from, Math.Min(room, text.Length - from));
        output.Write($"{Erase}{mark}{part}");
        if (part.Length > cursor - from)
            output.Write($"\e[{part.Length - (cursor - from)}D");
        output.Flush();
    }
}
