namespace P2PNode.Cli.Typing;

/// <summary>What a key led to.</summary>
/// <param name="Line">The line that was entered; null while it is being typed.</param>
/// <param name="ToComplete">What stands before the cursor, where the person asks what its last word could become.</param>
/// <param name="Ends">Whether the person has nothing more to say: Ctrl-D on an empty line.</param>
internal readonly record struct Keyed(string? Line = null, string? ToComplete = null, bool Ends = false);

/// <summary>
/// A line while it is typed, by the keys that shells have: arrows, Home and End, Ctrl-A, -E, -B, -F, -K, -U, -W, -D, -H,
/// -P, -N, Tab. Pure; for one caller at a time.
/// </summary>
internal sealed class EditedLine
{
    /// <summary>Longer lines are not taken.</summary>
    public const int MostCharacters = 100_000;

    private const int MostRemembered = 500;

    private readonly List<string> _history = [];
    private int _recalled;
    private string _kept = "";

    public string Text { get; private set; } = "";

    /// <summary>How many characters stand before the cursor.</summary>
    public int Cursor { get; private set; }

    public Keyed Take(ConsoleKeyInfo key)
    {
        if (key.Key is ConsoleKey.Enter)
            return Enter();
        if (key.Key is ConsoleKey.Tab)
            return new Keyed(ToComplete: Text[..Cursor]);
        if (IsControl(key, ConsoleKey.D) && Text.Length == 0)
            return new Keyed(Ends: true);
        Edit(Meaning(key), key.KeyChar);
        return default;
    }

    /// <summary>Goes on with what all have in common of the words that the last one of a text may become. Does nothing where that text is not before the cursor any more.</summary>
    /// <param name="before">The text.</param>
    /// <param name="words">Without quotes. After one that ends with '/' more of the same word may follow.</param>
    /// <returns>Those that there are to choose from, where they have no more in common.</returns>
    public IReadOnlyList<string> Complete(string before, IEnumerable<string> words)
    {
        if (Text[..Cursor] != before)
            return [];
        var (start, word) = TypedWords.Last(before);
        var candidates = words.Where(candidate => candidate.StartsWith(word, StringComparison.Ordinal)).Distinct().ToList();
        if (candidates.Count == 0)
            return [];
        var common = candidates.Aggregate(Common);
        var goesOn = candidates.Count > 1 || common.EndsWith('/');
        Remove(start, Cursor);
        Insert(TypedWords.Written(common, goesOn) + (goesOn ? "" : " "));
        return candidates.Count > 1 && common.Length == word.Length ? candidates : [];
    }

    private Keyed Enter()
    {
        var line = Text;
        if (line.Trim().Length > 0 && _history.LastOrDefault() != line)
            _history.Add(line);
        if (_history.Count > MostRemembered)
            _history.RemoveAt(0);
        Clear();
        return new Keyed(line);
    }

    /// <summary>Begins anew.</summary>
    public void Clear()
    {
        _recalled = _history.Count;
        Set("");
    }

    /// <summary>The key without Ctrl that means the same.</summary>
    private static ConsoleKey Meaning(ConsoleKeyInfo key) => (key.Modifiers & ConsoleModifiers.Control, key.Key) switch
    {
        (0, _) => key.Key,
        (_, ConsoleKey.A) => ConsoleKey.Home,
        (_, ConsoleKey.E) => ConsoleKey.End,
        (_, ConsoleKey.B) => ConsoleKey.LeftArrow,
        (_, ConsoleKey.F) => ConsoleKey.RightArrow,
        (_, ConsoleKey.P) => ConsoleKey.UpArrow,
        (_, ConsoleKey.N) => ConsoleKey.DownArrow,
        (_, ConsoleKey.D) => ConsoleKey.Delete,
        (_, ConsoleKey.H) => ConsoleKey.Backspace,
        (_, ConsoleKey.K) => ConsoleKey.EraseEndOfFile,
        (_, ConsoleKey.U) => ConsoleKey.OemClear,
        (_, ConsoleKey.W) => ConsoleKey.Clear,
        _ => ConsoleKey.NoName,
    };

    private void Edit(ConsoleKey meaning, char character)
    {
        switch (meaning)
        {
            case ConsoleKey.LeftArrow:
                Cursor = Math.Max(0, Cursor - 1);
                break;
            case ConsoleKey.RightArrow:
                Cursor = Math.Min(Text.Length, Cursor + 1);
                break;
            case ConsoleKey.Home:
                Cursor = 0;
                break;
            case ConsoleKey.End:
                Cursor = Text.Length;
                break;
            case ConsoleKey.UpArrow:
                Recall(_recalled - 1);
                break;
            case ConsoleKey.DownArrow:
                Recall(_recalled + 1);
                break;
            case ConsoleKey.Backspace:
                Remove(Cursor - 1, Cursor);
                break;
            case ConsoleKey.Delete:
                Remove(Cursor, Cursor + 1);
                break;
            case ConsoleKey.EraseEndOfFile:
                Remove(Cursor, Text.Length);
                break;
            case ConsoleKey.OemClear:
                Remove(0, Cursor);
                break;
            case ConsoleKey.Clear:
                Remove(Text.AsSpan(0, Cursor).TrimEnd(' ').LastIndexOf(' ') + 1, Cursor);
                break;
            default:
                if (!char.IsControl(character) && Text.Length < MostCharacters)
                    Insert(character.ToString());
                break;
        }
    }

    private void Recall(int which)
    {
        if (which < 0 || which > _history.Count)
            return;
        if (_recalled == _history.Count)
            _kept = Text;
        _recalled = which;
        Set(which == _history.Count ? _kept : _history[which]);
    }

    private void Insert(string text)
    {
        Text = Text.Insert(Cursor, text);
        Cursor += text.Length;
    }

    private void Remove(int from, int to)
    {
        if (from < 0 || to > Text.Length)
            return;
        Text = Text.Remove(from, to - from);
        Cursor = from;
    }

    private void Set(string text) => (Text, Cursor) = (text, text.Length);

    private static bool IsControl(ConsoleKeyInfo key, ConsoleKey which) =>
        key.Key == which && (key.Modifiers & ConsoleModifiers.Control) != 0;

    private static string Common(string left, string right) =>
        left[..left.Zip(right).TakeWhile(pair => pair.First == pair.Second).Count()];
}
