using P2PNode.Cli;
using P2PNode.Cli.Commands;
using P2PNode.Core;
using P2PNode.Node;
using P2PNode.Tests.Testing;

namespace P2PNode.Tests.Cli;

/// <summary>Commands that are typed while a node runs.</summary>
public sealed class TypedCommandTests : CommandLineFixture
{
    public TypedCommandTests() => WriteNodesFile();

    [Fact]
    public async Task Typed_lines_are_the_commands_of_the_command_line_for_the_node_that_runs()
    {
        Assert.Equal(0, await RunNodeAsync("members", "files --json", "p2pnode status", "quit"));

        Assert.Contains("127.0.0.1:5002", Output, StringComparison.Ordinal);
        Assert.Contains("\"path\":\"docs/", Output, StringComparison.Ordinal);
        Assert.Contains("node 1 leads", Output, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Mistakes_are_told_and_the_node_runs_on()
    {
        Assert.Equal(0, await RunNodeAsync("membrs", "up", "search", "\"", "quit"));

        Assert.Contains("'membrs' is not a command; did you mean 'members'?", Error, StringComparison.Ordinal);
        Assert.Contains("'up' is not a command", Error, StringComparison.Ordinal);
        Assert.DoesNotContain("p2pnode", Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_names_who_answered()
    {
        Node.OnConnect = address => new ConnectReport(new NodeId(9), address);

        Assert.Equal(0, await RunNodeAsync("connect 10.0.0.5:5001", "connect nowhere", "quit"));

        Assert.Contains("Linked with node 9 at 10.0.0.5:5001", Output, StringComparison.Ordinal);
        Assert.Contains("'nowhere' is no address HOST:PORT", Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_shows_what_can_be_typed()
    {
        Assert.Equal(0, await RunNodeAsync("help", "quit"));

        Assert.All(["members", "files", "search", "get", "connect", "quit"], command => Assert.Contains(command, Output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("membrs", "'membrs' is not a command; did you mean 'members'?\n'help' shows what there is.\n")]
    [InlineData("--json", "'--json' is not a command.\n'help' shows what there is.\n")]
    [InlineData("say", "Required argument 'TEXT' missing for command: 'say'.\n'say --help' shows what there is.\n")]
    [InlineData("files --jsn", "'--jsn' is not an option of 'files'; did you mean '--json'?\n'files --help' shows what there is.\n")]
    [InlineData("files a b", "'b' is more than 'files' can take.\n'files --help' shows what there is.\n")]
    [InlineData("search", "Say what to search for: a TEXT, or a filter such as --peer or --newer; 'files' lists all.\n")]
    public async Task A_mistake_is_told_in_the_words_that_can_be_typed(string line, string error)
    {
        Assert.Equal(0, await RunNodeAsync(line, "quit"));

        Assert.Equal(error, Error);
    }

    [Theory]
    [InlineData("help")]
    [InlineData("search --help")]
    public async Task Help_shows_what_can_be_typed_without_the_name_of_the_program(string line)
    {
        Assert.Equal(0, await RunNodeAsync(line, "quit"));

        Assert.Contains("Examples:\n", Output, StringComparison.Ordinal);
        Assert.Equal(line != "help", Output.Contains("Asks the node that runs here", StringComparison.Ordinal));
        Assert.DoesNotContain("p2pnode", Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("get NODE2/do", "NODE2/docs/")]
    [InlineData("get do", "docs/")]
    [InlineData("get NODE2/docs/Ä <", "")]
    [InlineData("get \"NODE2/docs/Ä <", "NODE2/docs/Ä <b> 日本.txt")]
    [InlineData("get x -o ou", "out.txt out/")]
    [InlineData("get x -o out/", "out/in.txt")]
    [InlineData("files --folder ou", "out.txt out/")]
    [InlineData("mem", "members")]
    [InlineData("get x -o none/", "")]
    public async Task Tab_knows_commands_files_of_this_machine_and_files_of_the_network(string text, string candidates)
    {
        await using var node = StartNode(1);
        Directory.CreateDirectory(Path.Combine(Folder, "out"));
        await File.WriteAllTextAsync(Path.Combine(Folder, "out", "in.txt"), "", Stop);
        await File.WriteAllTextAsync(Path.Combine(Folder, "out.txt"), "", Stop);
        var typed = TypedCommands.ForNode(Surroundings with { Clock = new ManualClock() }, Path.Combine(Folder, "NODE1"));

        Assert.Equal(candidates, string.Join(' ', typed.Complete(text).Distinct().Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task The_end_of_the_input_does_not_stop_the_node()
    {
        var ended = new TaskCompletionSource();
        using var stop = new CancellationTokenSource();
        RunNode = async (_, _, token) => await ended.Task.WaitAsync(token);
        await using var node = StartNode(1);
        Input = new StringReader("members\n");
        var running = RunUntilAsync(stop.Token, "--id", "1");
        await Eventually.HoldsAsync(() => Output.Contains("127.0.0.1:5002", StringComparison.Ordinal), "the members are shown");

        Assert.False(running.IsCompleted);
        ended.SetResult();

        Assert.Equal(0, await running);
    }

    [Fact]
    public async Task Up_takes_them_too_for_the_lowest_ID_or_the_one_that_is_named()
    {
        RunNode = (_, _, token) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
        await using var node = StartNode(2);
        Input = new StringReader("members\nstatus --id 1\nquit\n");

        Assert.Equal(0, await RunAsync("up").WaitAsync(TimeSpan.FromSeconds(20), Stop));

        Assert.Contains("127.0.0.1:5002", Output, StringComparison.Ordinal);
        Assert.Contains("Node 1 is not running", Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("members")]
    [InlineData("members --json")]
    [InlineData("help")]
    public async Task An_answer_that_nobody_can_take_is_told_of_and_the_next_line_is_read(string line)
    {
        foreach (Exception why in new Exception[] { new UnauthorizedAccessException("It is closed."), new IOException("It is closed.") })
        {
            var before = Error.Length;

            Assert.Equal(0, await RunNodeAsync(Surroundings with { Output = new ClosedWriter(why) }, line, "quit"));

            Assert.Equal("It is closed.\n", Error[before..]);
        }
    }

    private Task<int> RunNodeAsync(params string[] lines) => RunNodeAsync(Surroundings, lines);

    private async Task<int> RunNodeAsync(Surroundings surroundings, params string[] lines)
    {
        RunNode = (_, _, token) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
        await using var node = StartNode(1);
        var input = new StringReader(string.Join('\n', lines) + "\n");
        return await CommandLine.RunAsync(["--id", "1"], surroundings with { ReadLine = input.ReadLine }, Stop).WaitAsync(TimeSpan.FromSeconds(20), Stop);
    }

    /// <summary>An output whose reader is gone, or that was opened for reading alone.</summary>
    private sealed class ClosedWriter(Exception why) : StringWriter
    {
        public override void Write(char value) => throw why;

        public override void Write(string? value) => throw why;

        public override void Write(char[] buffer, int index, int count) => throw why;

        public override void WriteLine(string? value) => throw why;

        public override Task WriteLineAsync(string? value) => Task.FromException(why);
    }
}
