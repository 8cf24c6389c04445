using System.Text.Json;
using P2PNode.Api;
using P2PNode.Core;
using P2PNode.Node;

namespace P2PNode.Tests.Cli;

public sealed class GetTests : CommandLineFixture
{
    private static readonly GetOutcome Fetched = new()
    {
        Peer = new NodeId(2),
        Path = "docs/a.txt",
        Size = 2048,
        Result = GetResult.Fetched,
        SavedAs = "/n/peers/NODE2/docs/a.txt",
    };

    private static readonly GetOutcome Failed = new()
    {
        Peer = new NodeId(2),
        Path = "b.txt",
        Size = 7,
        Result = GetResult.Failed,
        Reason = "there is no room on the disk",
    };

    private GetRequest? _asked;

    [Fact]
    public async Task What_is_typed_reaches_the_node_and_the_output_as_an_absolute_path()
    {
        await using var endpoint = Answer(Fetched);

        Assert.Equal(0, await RunAsync("get", "NODE2/a.txt", "*.pdf", "-o", "out/", "--force"));

        Assert.Equal(["NODE2/a.txt", "*.pdf"], _asked!.What);
        Assert.Equal((false, Path.Combine(Folder, "out") + "/", true, true), (_asked.All, _asked.Output, _asked.OutputIsFolder, _asked.Force));
        Assert.Equal(0, await RunAsync("get", "--all"));
        Assert.Equal((true, null), (_asked.All, _asked.Output));
        Directory.CreateDirectory(Path.Combine(Folder, "there"));
        Assert.Equal(0, await RunAsync("get", "a", "-o", "there"));
        Assert.True(_asked.OutputIsFolder);
        Assert.Equal(0, await RunAsync("get", "a", "-o", "new"));
        Assert.False(_asked.OutputIsFolder);
    }

    [Fact]
    public async Task One_file_is_told_in_a_sentence()
    {
        await using var endpoint = Answer(Fetched);

        Assert.Equal(0, await RunAsync("get", "a.txt"));

        Assert.Equal(("Fetched NODE2/docs/a.txt (2.0 KiB): /n/peers/NODE2/docs/a.txt\n", ""), (Output, Error));
    }

    [Fact]
    public async Task What_was_written_from_a_copy_here_is_told_as_that()
    {
        await using var endpoint = Answer(Fetched with { SavedAs = "/o/a.txt", FromHere = true });

        Assert.Equal(0, await RunAsync("get", "a.txt", "-o", "/o/a.txt"));

        Assert.Equal("Fetched NODE2/docs/a.txt (2.0 KiB), written from the copy here: /o/a.txt\n", Output);
    }

    [Fact]
    public async Task How_many_files_were_written_from_copies_here_is_told()
    {
        await using var endpoint = Answer(Fetched with { FromHere = true }, Fetched);

        Assert.Equal(0, await RunAsync("get", "docs/", "-o", "/o/"));

        Assert.EndsWith(" in 0.5 s; written from copies here: 1 file.\n", Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failures_are_named_in_the_end_and_end_with_1()
    {
        await using var endpoint = Answer(Fetched, Failed);

        Assert.Equal(1, await RunAsync("get", "*.txt"));

        Assert.Equal("Fetched 1 file, 2.0 KiB, in 0.5 s; not fetched: 1 file.\n", Output);
        Assert.Equal(
            "Fetched NODE2/docs/a.txt (2.0 KiB): /n/peers/NODE2/docs/a.txt\nNot fetched: NODE2/b.txt: there is no room on the disk.\n",
            Error);
    }

    [Fact]
    public async Task As_JSON_it_is_one_document()
    {
        await using var endpoint = Answer(Fetched, Failed);

        Assert.Equal(1, await RunAsync("get", "*.txt", "--json"));

        var report = JsonSerializer.Deserialize(Output, NodeQueriesJson.GetReport)!;
        Assert.Equal([Fetched, Failed], report.Files);
        Assert.Equal((1, 2048, 1), (report.Totals.Fetched, report.Totals.Bytes, report.Totals.Failed));
        Assert.Contains("\"result\":\"fetched\",\"savedAs\":\"/n/peers/NODE2/docs/a.txt\"", Output);
    }

    [Theory]
    [InlineData(GetFault.NotFound, 4)]
    [InlineData(GetFault.Ambiguous, 5)]
    [InlineData(GetFault.Usage, 2)]
    public async Task What_cannot_be_fetched_at_all_has_its_exit_code(GetFault fault, int code)
    {
        WriteNodesFile();
        Node.OnGet = (_, _) => throw new GetException(fault, "So it is.");
        await using var endpoint = StartNode(1);

        Assert.Equal(code, await RunAsync("get", "a"));
        Assert.Equal(("So it is.\n", ""), (Error, Output));
    }

    [Fact]
    public async Task What_may_be_meant_is_in_the_document_too()
    {
        WriteNodesFile();
        Node.OnGet = (_, _) => throw new GetException(
            GetFault.Ambiguous, "'a' may be any of these:\n  NODE2/é/a\n  NODE3/a", [new(new NodeId(2), "é/a"), new(new NodeId(3), "a")]);
        await using var endpoint = StartNode(1);

        Assert.Equal(5, await RunAsync("get", "a", "--json"));

        Assert.Equal(
            """{"error":"'a' may be any of these","files":[],"candidates":[{"peer":2,"path":"é/a"},{"peer":3,"path":"a"}]}""" + "\n",
            Output);
        Assert.Equal("'a' may be any of these:\n  NODE2/é/a\n  NODE3/a\n", Error);
    }

    [Fact]
    public async Task Not_found_is_a_document_too()
    {
        WriteNodesFile();
        Node.OnGet = (_, _) => throw new GetException(GetFault.NotFound, "There is no file 'a'.");
        await using var endpoint = StartNode(1);

        Assert.Equal(4, await RunAsync("get", "a", "--json"));

        Assert.Equal(("""{"error":"There is no file 'a'.","files":[],"candidates":[]}""" + "\n", "There is no file 'a'.\n"), (Output, Error));
    }

    [Fact]
    public async Task Refused_by_all_ends_with_7_and_no_leader_with_6()
    {
        await using var endpoint = Answer(Failed with { Refused = true });
        Assert.Equal(7, await RunAsync("get", "b.txt"));

        Node.OnGet = (_, _) => throw new NoLeaderException();
        Assert.Equal(6, await RunAsync("get", "b.txt"));
    }

    [Fact]
    public async Task A_node_that_ends_midway_is_told()
    {
        WriteNodesFile();
        Node.OnGet = (_, _) => new[] { new GetLine { Plan = new GetPlan(1, 7) } }.ToAsyncEnumerable();
        await using var endpoint = StartNode(1);

        Assert.Equal(1, await RunAsync("get", "b.txt"));
        Assert.Equal("The node broke off its answer.\n", Error);
    }

    [Fact]
    public async Task Whoever_interrupts_the_command_ends_the_fetch_in_the_node()
    {
        WriteNodesFile();
        var begun = new TaskCompletionSource();
        var ended = new TaskCompletionSource();
        Node.OnGet = (_, ct) => HangAsync(ct);
        await using var endpoint = StartNode(1);
        using var interrupt = new CancellationTokenSource();

        var running = RunUntilAsync(interrupt.Token, "get", "b.txt");
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(10), Stop);
        await interrupt.CancelAsync();

        Assert.Equal(1, await running);
        Assert.Equal("Stopped; what has come is kept.\n", Error);
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(10), Stop);

        async IAsyncEnumerable<GetLine> HangAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
        {
            yield return new GetLine { Plan = new GetPlan(1, 7) };
            begun.SetResult();
            await using var noted = ct.Register(ended.SetResult);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct);
        }
    }

    [Theory]
    [InlineData("get", "Say what to fetch: paths, folders or globs, or --all for everything.")]
    [InlineData("get a --all", "Name files or say --all, not both: --all is everything that others offer.")]
    [InlineData("get a --force", "--force goes with -o only: the node's own copies are replaced by newer ones anyway.")]
    public async Task A_request_that_makes_no_sense_ends_with_2(string args, string sentence)
    {
        WriteNodesFile();

        Assert.Equal(2, await RunAsync(args.Split(' ')));

        Assert.Equal((sentence + "\n", ""), (Error, Output));
    }

    private LocalEndpoint Answer(params GetOutcome[] files)
    {
        WriteNodesFile();
        Node.OnGet = (request, _) =>
        {
            _asked = request;
            var failed = files.Count(file => file.Result is GetResult.Failed);
            return files.Select(file => new GetLine { File = file })
                .Prepend(new GetLine { Plan = new GetPlan(files.Length, files.Sum(file => file.Size)) })
                .Append(new GetLine { Totals = new GetTotals(files.Length - failed, 2048, failed, 0.5) })
                .ToAsyncEnumerable();
        };
        return StartNode(1);
    }
}
