using System.Net;
using System.Net.Sockets;
using P2PNode.EndToEnd.Kit;

namespace P2PNode.EndToEnd;

public sealed class UsageTests : NetworkTest
{
    [Theory]
    [InlineData("""{ "nodes": [ { "id": 1, "host": "127.0.0.1", "port": 5001, "prot": 1 } ] }""", "line 1", "\"prot\"")]
    [InlineData("{ \"nodes\": [\n{ \"id\": 1, \"host\": \"a\", \"port\": 5001 },\n{ \"id\": 1, \"host\": \"b\", \"port\": 5001 } ] }", "line 3", "Node 1 is there already")]
    [InlineData("{ \"nodes\": [\n{ \"id\": 1, \"host\": \"a\", \"port\": 70000 } ] }", "line 2", "70000")]
    [InlineData("{ \"nodes\": [\n{ \"id\": 1, \"host\": \"a\", \"port\": 5001 }\n", "line 3", "not JSON")]
    [InlineData("""{ "nodes": [ { "id": 2, "host": "127.0.0.1", "port": 5002 } ] }""", "Node 1 is not in nodes.json")]
    public async Task A_nodes_file_that_cannot_be_used_is_one_sentence_and_code_2(string nodes, params string[] excerpts)
    {
        var network = Create(1);
        await File.WriteAllTextAsync(Path.Combine(network.Folder, "nodes.json"), nodes, TestContext.Current.CancellationToken);

        var result = await network.RunAsync("--id", "1");

        AssertSentence(result, excerpts);
    }

    [Theory]
    [InlineData("--version")]
    [InlineData("--help")]
    public async Task An_answer_that_nobody_can_take_is_a_quiet_failure(string command)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no such shell here.");
        var network = Create(1);

        var result = await Executable.RunAsync(network.Folder, "/bin/sh", ["-c", "exec \"$0\" \"$1\" >&-", Executable.Path, command]);

        Assert.Equal(new CommandResult(1, "", ""), result);
    }

    [Fact]
    public async Task A_nodes_file_that_is_not_there_is_named()
    {
        var network = Create(1);

        AssertSentence(await network.RunAsync("--id", "1", "--config", "other.json"), "other.json");
    }

    [Fact]
    public async Task A_folder_that_is_a_file_is_refused()
    {
        var network = Create(1);
        Directory.Delete(network[1].Folder);
        await File.WriteAllTextAsync(network[1].Folder, "", TestContext.Current.CancellationToken);

        AssertSentence(await network.RunAsync("--id", "1"), network[1].Folder, "is a file");
    }

    [Fact]
    public async Task A_port_in_use_is_refused()
    {
        var network = Create(1);
        using var other = new TcpListener(IPAddress.Loopback, network[1].Port);
        other.Start();

        AssertSentence(await network.RunAsync("--id", "1", "--log-level", "error"), $"127.0.0.1:{network[1].Port}", "in use");
    }

    [Fact]
    public async Task A_second_process_on_the_same_folder_is_refused_and_leaves_the_first_alone()
    {
        var network = Create(1, 2);
        network.Start(1, 2);
        await network.LedByAsync(1);

        var again = await network.RunAsync("--id", "1", "--log-level", "error");
        var other = await network.RunAsync("--id", "3", "--listen", $"127.0.0.1:{Ports.Take()}", "--folder", "NODE1", "--log-level", "error");

        AssertSentence(again, network[1].Folder, "in use by another node");
        AssertSentence(other, network[1].Folder, "in use by another node");
        var status = await network.AskAsync("status", "--id", "1");
        Assert.Equal("leader", status.GetProperty("role").GetString());
    }

    [Theory]
    [InlineData("--id", "1")]
    [InlineData("seed", "--listen", "127.0.0.1:4000")]
    public async Task An_interval_that_cannot_be_is_named_with_its_line(params string[] args)
    {
        var network = Create(1);
        File.WriteAllText(Path.Combine(network.Folder, "nodes.json"), "{ \"nodes\": [ { \"id\": 1, \"host\": \"127.0.0.1\", \"port\": 5001 } ],\n\"intervals\": { \"lapse\": \"1s\" } }");

        AssertSentence(await network.RunAsync(args), "nodes.json, line 2: \"lapse\" must be a number of seconds, or a text such as \"5m\", from 2m to 1d, not the text \"1s\".");
    }

    [Theory]
    [InlineData("status")]
    [InlineData("members")]
    [InlineData("files")]
    public async Task Whoever_asks_a_node_that_does_not_run_is_told_how_to_start_it_with_code_3(string command)
    {
        var network = Create(1);

        var result = await network.RunAsync(command, "--id", "1", "--json");

        const string Sentence = "Node 1 is not running; start it with 'p2pnode --id 1'.";
        Assert.Equal((3, $"{{\"error\":\"{Sentence}\"}}\n", $"{Sentence}\n"), (result.Code, result.Output, result.Error));
    }

    [Fact]
    public async Task Version_and_help_go_to_standard_output()
    {
        var network = Create(1);

        var version = await network.RunAsync("--version");
        var help = await network.RunAsync("--help");
        var statusHelp = await network.RunAsync("status", "--help");

        Assert.Matches(@"^p2pnode \d+\.\d+\.\d+\n$", version.Output);
        foreach (var command in (string[])["up", "status", "members", "files", "--id", "--config"])
            Assert.Contains(command, help.Output);
        Assert.Contains("--json", statusHelp.Output);
        Assert.All([version, help, statusHelp], result => Assert.Equal((0, ""), (result.Code, result.Error)));
    }

    [Fact]
    public async Task Bash_completes_commands_with_what_the_program_says()
    {
        var network = Create(1);
        File.CreateSymbolicLink(Path.Combine(network.Folder, "p2pnode"), Executable.Path);
        const string Script =
            """
            PATH="$PWD:$PATH"
            source <(p2pnode completion bash)
            COMP_LINE="p2pnode sta" COMP_POINT=11 COMP_WORDS=(p2pnode sta) COMP_CWORD=1
            _p2pnode
            echo "${COMPREPLY[@]}"
            """;

        var result = await Executable.RunAsync(network.Folder, "bash", ["-c", Script]);

        Assert.Equal((0, "status\n", ""), (result.Code, result.Output, result.Error));
    }

    private static void AssertSentence(CommandResult result, params string[] excerpts)
    {
        Assert.Equal((2, ""), (result.Code, result.Output));
        Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.All(excerpts, excerpt => Assert.Contains(excerpt, result.Error));
    }
}
