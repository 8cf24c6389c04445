using System.Collections.Concurrent;
using P2PNode.Cli.Typing;
using P2PNode.Tests.Testing;

namespace P2PNode.Tests.Cli;

public sealed class TypedLinesTests : IDisposable
{
    private readonly BlockingCollection<ConsoleKeyInfo> _keys = [];
    private readonly StringWriter _shown = new();
    private readonly TextWriter _terminal;
    private readonly TaskCompletionSource _isAsked = new();
    private readonly TaskCompletionSource _mayAnswer = new();
    private readonly TypedLines _lines;

    public TypedLinesTests()
    {
        _terminal = TextWriter.Synchronized(_shown);
        _lines = TypedLines.Edited(() => _keys.Take(), Complete, new Prompt(_terminal, () => 80));
    }

    private string Shown
    {
        get
        {
            lock (_terminal)
                return _shown.ToString();
        }
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _keys.CompleteAdding();
        _keys.Dispose();
        _terminal.Dispose();
    }

    [Fact]
    public async Task Ctrl_C_calls_off_the_command_that_runs_and_forgets_the_lines_behind_it()
    {
        var running = RunCommandAsync();
        Type("members\r");
        await Eventually.HoldsAsync(() => _keys.Count == 0, "the line behind it is read");

        Assert.True(_lines.TryInterrupt());

        await running;
        Type("files\r");
        Assert.Equal("files", await _lines.NextAsync(Stop));
    }

    [Fact]
    public async Task Escape_calls_it_off_too()
    {
        var running = RunCommandAsync();

        _keys.Add(new ConsoleKeyInfo('\e', ConsoleKey.Escape, false, false, false), Stop);

        await running;
    }

    [Fact]
    public async Task A_line_behind_a_command_that_ends_is_the_next_one()
    {
        var end = new TaskCompletionSource();
        var running = _lines.WhileAsync(_ => end.Task, Stop);
        Type("members\r");
        await Eventually.HoldsAsync(() => _keys.Count == 0, "the line behind it is read");

        end.SetResult();
        await running;

        Assert.Equal("members", await _lines.NextAsync(Stop));
    }

    [Fact]
    public async Task Ctrl_C_for_a_command_that_was_called_off_is_for_the_node()
    {
        var end = new TaskCompletionSource();
        var running = _lines.WhileAsync(_ => end.Task, Stop);

        Assert.True(_lines.TryInterrupt());
        Assert.False(_lines.TryInterrupt());

        end.SetResult();
        await running;
    }

    [Fact]
    public async Task Ctrl_C_clears_what_is_typed_and_where_there_is_nothing_it_is_for_the_node()
    {
        var next = _lines.NextAsync(Stop);
        Type("half");
        await Eventually.HoldsAsync(() => Shown.EndsWith("> half", StringComparison.Ordinal), "it is shown");

        Assert.True(_lines.TryInterrupt());
        Assert.EndsWith("\n\r\e[K> ", Shown);
        Assert.False(_lines.TryInterrupt());

        Type("files\r");
        Assert.Equal("files", await next);
    }

    [Fact]
    public async Task Ctrl_C_does_not_wait_for_the_answer_to_a_tab()
    {
        var next = Task.Run(async () => await _lines.NextAsync(Stop), Stop);
        Type("half");
        _keys.Add(new ConsoleKeyInfo('\t', ConsoleKey.Tab, false, false, false), Stop);
        await _isAsked.Task.WaitAsync(Eventually.Deadline, Stop);

        Assert.True(await Task.Run(_lines.TryInterrupt, Stop).WaitAsync(Eventually.Deadline, Stop));

        _mayAnswer.SetResult();
        Type("files\r");
        Assert.Equal("files", await next);
    }

    [Fact]
    public async Task Of_a_terminal_that_cannot_draw_Ctrl_C_calls_off_a_command_and_else_is_for_the_node()
    {
        var lines = TypedLines.Plain(() => null);
        Assert.False(lines.TryInterrupt());
        var running = lines.WhileAsync(off => UntilAsync(off), Stop);

        Assert.True(lines.TryInterrupt());

        await running;
    }

    private string[] Complete(string text)
    {
        _isAsked.SetResult();
        _mayAnswer.Task.GetAwaiter().GetResult();
        return [text + "way"];
    }

    private Task RunCommandAsync() => _lines.WhileAsync(UntilAsync, Stop);

    private static async Task UntilAsync(CancellationToken off)
    {
        var end = new TaskCompletionSource();
        await using var calledOff = off.Register(end.SetResult);
        await end.Task.WaitAsync(TimeSpan.FromSeconds(20), Stop);
    }

    private void Type(string text)
    {
        foreach (var character in text)
            _keys.Add(new ConsoleKeyInfo(character, character is '\r' ? ConsoleKey.Enter : ConsoleKey.NoName, false, false, false), Stop);
    }
}
