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

    [Fact]
    public async Task The_end_of_the_input_does_not_stop_the_node()
    {
        var ended = new TaskCompletionSource();
        using var stop = new CancellationTokenSource();
        RunNode = async (_, _, token) => await ended.Task.WaitAsync(token);
        await using var node = await StartNodeAsync(1);
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
        await using var node = await StartNodeAsync(2);
        Input = new StringReader("members\nstatus --id 1\nquit\n");

        Assert.Equal(0, await RunAsync("up").WaitAsync(TimeSpan.FromSeconds(20), Stop));

        Assert.Contains("127.0.0.1:5002", Output, StringComparison.Ordinal);
        Assert.Contains("Node 1 is not running", Error, StringComparison.Ordinal);
    }

    private async Task<int> RunNodeAsync(params string[] lines)
    {
        RunNode = (_, _, token) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
        await using var node = await StartNodeAsync(1);
        Input = new StringReader(string.Join('\n', lines) + "\n");
        return await RunAsync("--id", "1").WaitAsync(TimeSpan.FromSeconds(20), Stop);
    }
}
