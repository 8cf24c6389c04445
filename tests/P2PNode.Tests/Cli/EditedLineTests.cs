using P2PNode.Cli.Typing;

namespace P2PNode.Tests.Cli;

public class EditedLineTests
{
    private static readonly string[] Words = ["members", "files", "search", "seeds", "get"];

    private readonly EditedLine _line = new();

    [Fact]
    public void A_line_is_entered_as_it_was_typed()
    {
        Type("get x");

        Assert.Equal("get x", Key(ConsoleKey.Enter).Line);
        Assert.Equal(("", 0), (_line.Text, _line.Cursor));
    }

    [Theory]
    [InlineData("hello|", ConsoleKey.LeftArrow, ConsoleModifiers.None, "hell|o")]
    [InlineData("|hello", ConsoleKey.LeftArrow, ConsoleModifiers.None, "|hello")]
    [InlineData("hell|o", ConsoleKey.RightArrow, ConsoleModifiers.None, "hello|")]
    [InlineData("hello|", ConsoleKey.RightArrow, ConsoleModifiers.None, "hello|")]
    [InlineData("he|llo", ConsoleKey.Home, ConsoleModifiers.None, "|hello")]
    [InlineData("he|llo", ConsoleKey.End, ConsoleModifiers.None, "hello|")]
    [InlineData("he|llo", ConsoleKey.Backspace, ConsoleModifiers.None, "h|llo")]
    [InlineData("|hello", ConsoleKey.Backspace, ConsoleModifiers.None, "|hello")]
    [InlineData("he|llo", ConsoleKey.Delete, ConsoleModifiers.None, "he|lo")]
    [InlineData("hello|", ConsoleKey.Delete, ConsoleModifiers.None, "hello|")]
    [InlineData("he|llo", ConsoleKey.A, ConsoleModifiers.Control, "|hello")]
    [InlineData("he|llo", ConsoleKey.E, ConsoleModifiers.Control, "hello|")]
    [InlineData("he|llo", ConsoleKey.B, ConsoleModifiers.Control, "h|ello")]
    [InlineData("he|llo", ConsoleKey.F, ConsoleModifiers.Control, "hel|lo")]
    [InlineData("he|llo", ConsoleKey.D, ConsoleModifiers.Control, "he|lo")]
    [InlineData("he|llo", ConsoleKey.H, ConsoleModifiers.Control, "h|llo")]
    [InlineData("he|llo", ConsoleKey.K, ConsoleModifiers.Control, "he|")]
    [InlineData("he|llo", ConsoleKey.U, ConsoleModifiers.Control, "|llo")]
    [InlineData("one two  |x", ConsoleKey.W, ConsoleModifiers.Control, "one |x")]
    [InlineData("one|", ConsoleKey.W, ConsoleModifiers.Control, "|")]
    [InlineData("one|", ConsoleKey.F5, ConsoleModifiers.None, "one|")]
    public void Keys_do_what_they_do_in_shells(string before, ConsoleKey key, ConsoleModifiers modifiers, string after)
    {
        Type(before.Replace("|", "", StringComparison.Ordinal));
        while (_line.Cursor > before.IndexOf('|', StringComparison.Ordinal))
            Key(ConsoleKey.LeftArrow);

        Key(key, modifiers);

        Assert.Equal(after, _line.Text.Insert(_line.Cursor, "|"));
    }

    [Fact]
    public void Lines_of_before_come_back_and_so_does_what_was_begun()
    {
        Enter("members");
        Enter("files");
        Enter("files");
        Type("ge");

        Assert.Equal(["files", "members", "members"], Press(ConsoleKey.UpArrow, 3));
        Assert.Equal(["files", "ge", "ge"], Press(ConsoleKey.DownArrow, 3));
    }

    [Fact]
    public void A_word_is_completed_as_far_as_it_is_certain()
    {
        Type("m");
        Complete(Words);
        Assert.Equal("members ", _line.Text);
    }

    [Fact]
    public void A_word_with_blanks_is_completed_in_quotes_and_a_folder_goes_on()
    {
        Type("get \"my photos/a");
        Complete("my photos/", "my photos/a b.txt");
        Assert.Equal("get \"my photos/a b.txt\" ", _line.Text);

        _line.Clear();
        Type("m");
        Complete("my photos/", "my photos/a b.txt");
        Assert.Equal("\"my photos/", _line.Text);
    }

    [Fact]
    public void What_may_follow_is_shown_where_it_is_not_certain()
    {
        Type("s");
        Assert.Empty(Complete(Words));
        Assert.Equal("se", _line.Text);
        Assert.Equal(["search", "seeds"], Complete(Words));
    }

    [Fact]
    public void Words_for_a_line_that_was_cleared_meanwhile_are_not_taken()
    {
        Type("s");
        var before = Key(ConsoleKey.Tab).ToComplete!;
        _line.Clear();

        Assert.Empty(_line.Complete(before, Words));
        Assert.Equal("", _line.Text);
    }

    [Fact]
    public void Nothing_fits_a_word_that_nothing_begins_with()
    {
        Type("x");
        Assert.Empty(Complete(Words));
        Assert.Equal("x", _line.Text);
    }

    [Fact]
    public void Control_characters_are_no_text()
    {
        _line.Take(new ConsoleKeyInfo('\u0001', ConsoleKey.NoName, shift: false, alt: false, control: false));
        Assert.Equal("", _line.Text);
    }

    [Fact]
    public void Ctrl_D_on_an_empty_line_ends_it() => Assert.True(Key(ConsoleKey.D, ConsoleModifiers.Control).Ends);

    private List<string> Press(ConsoleKey key, int times) => [.. Enumerable.Range(0, times).Select(_ =>
    {
        Key(key);
        return _line.Text;
    })];

    private void Enter(string text)
    {
        Type(text);
        Key(ConsoleKey.Enter);
    }

    private void Type(string text)
    {
        foreach (var character in text)
            _line.Take(new ConsoleKeyInfo(character, ConsoleKey.NoName, shift: false, alt: false, control: false));
    }

    private IReadOnlyList<string> Complete(params string[] words) => _line.Complete(Key(ConsoleKey.Tab).ToComplete!, words);

    private Keyed Key(ConsoleKey key, ConsoleModifiers modifiers = ConsoleModifiers.None) =>
        _line.Take(new ConsoleKeyInfo('\0', key, shift: false, alt: false, control: modifiers is ConsoleModifiers.Control));
}
