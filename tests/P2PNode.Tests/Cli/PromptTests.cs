using P2PNode.Cli.Typing;

namespace P2PNode.Tests.Cli;

public sealed class PromptTests : IDisposable
{
    private readonly StringWriter _terminal = new() { NewLine = "\n" };

    public void Dispose() => _terminal.Dispose();

    [Fact]
    public void What_is_typed_stands_behind_the_mark_and_the_cursor_in_it()
    {
        New(columns: 80).Show("get x", cursor: 3);
        Assert.Equal("\r\e[K> get x\e[2D", _terminal.ToString());
    }

    [Fact]
    public void Lines_appear_above_and_what_is_typed_stays()
    {
        var prompt = New(columns: 80);
        prompt.Show("get", cursor: 3);

        prompt.Tell("Leader is node 1");

        Assert.Equal("\r\e[K> get\r\e[KLeader is node 1\n\r\e[K> get", _terminal.ToString());
    }

    [Fact]
    public void Without_a_prompt_lines_are_only_lines()
    {
        var prompt = New(columns: 80);
        prompt.Tell("one");
        prompt.Show("", cursor: 0);
        prompt.Leave();
        prompt.Tell("two");

        Assert.Equal("one\n\r\e[K> \ntwo\n", _terminal.ToString());
    }

    [Fact]
    public void Of_a_long_line_the_part_around_the_cursor_is_shown_in_one_row()
    {
        New(columns: 10).Show("0123456789", cursor: 9);
        Assert.Equal("\r\e[K> 2345678", _terminal.ToString());
    }

    [Fact]
    public void Progress_stays_in_its_place_below_other_lines_until_it_is_taken_away()
    {
        var prompt = New(columns: 80);
        prompt.ShowProgress("25 %");
        prompt.Tell("Leader is node 1");
        prompt.ShowProgress(null);
        prompt.Tell("Fetched");

        Assert.Equal("\r\e[K25 %\e[4D\r\e[KLeader is node 1\n\r\e[K25 %\e[4D\r\e[KFetched\n", _terminal.ToString());
    }

    private Prompt New(int columns) => new(_terminal, () => columns);
}
