using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text.Json;
using P2PNode.Core;
using P2PNode.Node;

namespace P2PNode.Tests.Cli;

public sealed class RunningTests : CommandLineFixture
{
    [Fact]
    public async Task A_node_is_told_what_the_person_and_the_file_say()
    {
        WriteNodesFile();
        NodeOptions? told = null;
        RunNode = (options, _, _) =>
        {
            told = options;
            return Task.CompletedTask;
        };

        Assert.Equal(0, await RunAsync("--id", "2", "--seed", "a:1", "--seed", "b:2", "--discover", "--copies", "all", "--max-peers", "7", "--limit-up", "1", "--limit-down", "0.5"));

        Assert.NotNull(told);
        Assert.Equal((new NodeId(2), Path.Combine(Folder, "NODE2"), true), (told.Id, told.Folder, told.Discover));
        Assert.Equal((NodeOptions.EveryNode, 7), (told.Copies, told.MaxPeers));
        Assert.Equal((1_000_000L, 500_000L), (told.LimitUp, told.LimitDown));
        Assert.Equal([new NodeAddress("a", 1), new NodeAddress("b", 2)], told.Seeds);
    }

    [Fact]
    public async Task The_environment_alone_can_say_which_node_to_run()
    {
        Variables["P2PNODE_ID"] = "9";
        Variables["P2PNODE_LISTEN"] = "127.0.0.1:6000";
        NodeOptions? told = null;
        RunNode = (options, _, _) =>
        {
            told = options;
            return Task.CompletedTask;
        };

        Assert.Equal(0, await RunAsync());

        Assert.Equal(new NodeAddress("127.0.0.1", 6000), told?.Listen);
    }

    [Fact]
    public async Task A_stop_is_a_clean_end()
    {
        WriteNodesFile();
        using var stop = new CancellationTokenSource();
        RunNode = (_, _, token) =>
        {
            stop.Cancel();
            return Task.FromCanceled(token);
        };

        Assert.Equal(0, await RunUntilAsync(stop.Token, "--id", "1"));

        Assert.Empty(Error);
    }

    [Fact]
    public async Task A_node_that_cannot_start_says_why_in_one_line()
    {
        WriteNodesFile();
        RunNode = (_, _, _) => throw new NodeStartException("The folder belongs to node 5.");

        Assert.Equal(2, await RunAsync("--id", "1"));

        Assert.Matches(@"^\[\d\d:\d\d:\d\d ERR\] The folder belongs to node 5\.\n$", Error);
    }

    [Fact]
    public async Task A_port_in_use_is_told_with_its_address()
    {
        WriteNodesFile();
        RunNode = (_, _, _) => throw new SocketException((int)SocketError.AddressAlreadyInUse);

        Assert.Equal(2, await RunAsync("--id", "1"));

        Assert.EndsWith(
            "ERR] Node 1 cannot listen at 127.0.0.1:5001, which is in use; stop what listens there or choose another port\n", Error);
    }

    [Fact]
    public async Task A_full_disk_ends_a_node_with_one_line_and_a_bug_with_its_stack()
    {
        WriteNodesFile();
        RunNode = (_, _, _) => throw new IOException("No space left on device.");
        Assert.Equal(1, await RunAsync("--id", "1"));
        Assert.EndsWith("ERR] Node 1 cannot go on: No space left on device\n", Error);

        RunNode = (_, _, _) => throw new InvalidOperationException("Two leaders.");
        Assert.Equal(1, await RunAsync("--id", "1"));
        Assert.Contains("FTL] Node 1 failed: Two leaders\n    System.InvalidOperationException: Two leaders.\n", Error);
    }

    [Fact]
    public async Task Log_lines_can_be_JSON()
    {
        WriteNodesFile();
        RunNode = (_, log, _) =>
        {
            log.Information("Leader is node {LeaderId} (epoch {Epoch})", 1, 7);
            return Task.CompletedTask;
        };

        Assert.Equal(0, await RunAsync("--id", "1", "--log-format", "json"));

        using var line = JsonDocument.Parse(Error);
        Assert.Equal("Leader is node 1 (epoch 7)", line.RootElement.GetProperty("RenderedMessage").GetString());
        Assert.Equal(7, line.RootElement.GetProperty("Properties").GetProperty("Epoch").GetInt32());
    }

    [Theory]
    [InlineData("error", "")]
    [InlineData("info", "told\n")]
    [InlineData("debug", "told\nhidden\n")]
    public async Task The_log_level_decides_what_is_told(string level, string messages)
    {
        WriteNodesFile();
        RunNode = (_, log, _) =>
        {
            log.Information("told");
            log.Debug("hidden");
            return Task.CompletedTask;
        };

        Assert.Equal(0, await RunAsync("--id", "1", "--log-level", level));

        Assert.Equal(messages, string.Concat(Error.Split('\n')[..^1].Select(line => line.Split(' ')[^1] + "\n")));
    }

    [Fact]
    public async Task Up_runs_all_nodes_and_prefixes_their_lines()
    {
        WriteNodesFile(ThreeNodes.Replace("\"id\": 3", "\"id\": 30", StringComparison.Ordinal));
        RunNode = (options, log, _) =>
        {
            log.Information("Ready at {Address}", options.Listen);
            return Task.CompletedTask;
        };

        Assert.Equal(0, await RunAsync("up"));

        var lines = Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order().ToArray();
        Assert.Collection(
            lines,
            line => Assert.Matches(@"^node  1 \| \[\d\d:\d\d:\d\d INF\] Ready at 127\.0\.0\.1:5001$", line),
            line => Assert.Matches(@"^node  2 \| .* Ready at 127\.0\.0\.1:5002$", line),
            line => Assert.Matches(@"^node 30 \| .* Ready at 127\.0\.0\.1:5003$", line));
    }

    [Fact]
    public async Task A_node_that_fails_ends_up_with_its_code_after_the_others_stopped_cleanly()
    {
        WriteNodesFile();
        var stopped = new ConcurrentBag<NodeId>();
        RunNode = async (options, _, stop) =>
        {
            if (options.Id == new NodeId(2))
                throw new NodeStartException("No.");
            var end = new TaskCompletionSource();
            await using var registration = stop.Register(() => end.SetCanceled(stop));
            await end.Task.ContinueWith(_ => stopped.Add(options.Id), TaskScheduler.Default);
        };

        Assert.Equal(2, await RunAsync("up").WaitAsync(TimeSpan.FromSeconds(5), Stop));

        Assert.Equal([new NodeId(1), new NodeId(3)], stopped.Order());
        Assert.Contains("node 2 | ", Error);
        Assert.Contains("Stopping the other nodes, because node 2 ended", Error);
    }

    [Fact]
    public async Task Up_needs_a_file()
    {
        Assert.Equal(2, await RunAsync("up"));

        Assert.Equal("There is no nodes.json here; write one, or name it with --config.\n", Error);
    }
}
