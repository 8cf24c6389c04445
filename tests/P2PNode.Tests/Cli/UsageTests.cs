namespace P2PNode.Tests.Cli;

public sealed class UsageTests : CommandLineFixture
{
    [Theory]
    [InlineData("stats", "'stats' is not a command; did you mean 'status'?\n'p2pnode --help' shows what there is.\n")]
    [InlineData("dance", "'dance' is not a command.\n'p2pnode --help' shows what there is.\n")]
    [InlineData("--lisen a:1", "'--lisen' is not an option of 'p2pnode'; did you mean '--listen'?\n'p2pnode --help' shows what there is.\n")]
    [InlineData("status --seed a:1", "'--seed' is not an option of 'p2pnode status'.\n'p2pnode status --help' shows what there is.\n")]
    [InlineData("network --id 3 invite", "'--id' belongs behind 'p2pnode network invite'.\n'p2pnode network invite --help' shows what there is.\n")]
    [InlineData("--seed a:1 status", "'--seed' does not go with 'p2pnode status'.\n'p2pnode status --help' shows what there is.\n")]
    [InlineData("files --jsn", "'--jsn' is not an option of 'p2pnode files'; did you mean '--json'?\n'p2pnode files --help' shows what there is.\n")]
    [InlineData("files --copies 2", "'--copies' is not an option of 'p2pnode files'.\n'p2pnode files --help' shows what there is.\n")]
    [InlineData("files a b", "'b' is more than 'p2pnode files' can take.\n'p2pnode files --help' shows what there is.\n")]
    [InlineData("--id", "Required argument missing for option: '--id'.\n'p2pnode --help' shows what there is.\n")]
    [InlineData("completion nosh", "'nosh' is none of the shells bash, zsh, fish, pwsh.\n'p2pnode completion --help' shows what there is.\n")]
    [InlineData("--id one", "--id must be a whole number from 1; it is 'one'.\n")]
    [InlineData("", "Say which node to run with --id, one of 1, 2, 3, or run all with 'p2pnode up'.\n")]
    [InlineData("--id 9", "Node 9 is not in nodes.json, which lists 1, 2, 3; add it there or give --listen HOST:PORT.\n")]
    [InlineData("--id 1 --config other.json", "There is no file other.json; name the right one with --config.\n")]
    [InlineData("--id 1 --log-level loud", "--log-level must be one of verbose, debug, info, warning, error; it is 'loud'.\n")]
    public async Task Wrong_usage_ends_with_2_and_says_what_is_wrong(string args, string error)
    {
        WriteNodesFile();

        Assert.Equal(2, await RunAsync(args.Split(' ', StringSplitOptions.RemoveEmptyEntries)));

        Assert.Equal((error, ""), (Error, Output));
    }

    [Theory]
    [InlineData("search --newer 99999999d")]
    [InlineData("search --newer yesterday")]
    public async Task A_time_that_cannot_be_is_told_with_the_form_of_one(string args)
    {
        WriteNodesFile();

        Assert.Equal(2, await RunAsync(args.Split(' ')));

        Assert.StartsWith("--newer must be a day or time such as ", Error);
        Assert.Single(Error.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task A_defect_of_the_program_is_one_sentence_and_its_stack_is_for_debugging()
    {
        WriteNodesFile();
        Variables.Add("P2PNODE_FOLDER", "a\0b"); // No variable can hold this: it stands for any input that was not thought of.

        Assert.Equal(1, await RunAsync("status"));
        Assert.StartsWith("The program failed (ArgumentException): ", Error);
        Assert.Single(Error.TrimEnd('\n').Split('\n'));

        Variables.Add("P2PNODE_LOG_LEVEL", "debug");
        Assert.Equal(1, await RunAsync("status"));
        Assert.Contains("   at System.IO.Path", Error);
    }

    [Fact]
    public async Task A_broken_file_is_told_with_all_its_problems()
    {
        WriteNodesFile("{\n  \"nodes\": [\n    { \"id\": 1, \"host\": \"a\" },\n    { \"id\": 1, \"host\": \"a\", \"port\": 0 } ] }");

        Assert.Equal(2, await RunAsync("--id", "1"));

        Assert.Equal(
            "nodes.json, line 3: There is no \"port\" for a node; add it, for instance \"port\": 5001.\n"
                + "nodes.json, line 4: \"port\" must be a whole number from 1 to 65535, not 0.\n",
            Error);
    }

    [Fact]
    public async Task A_folder_that_is_a_file_is_refused()
    {
        WriteNodesFile();
        await File.WriteAllTextAsync(Path.Combine(Folder, "NODE1"), "", Stop);

        Assert.Equal(2, await RunAsync("--id", "1"));

        Assert.Equal(
            $"The folder of node 1, {Path.Combine(Folder, "NODE1")}, is a file; name a folder with --folder.\n", Error);
    }

    [Fact]
    public async Task The_version_is_one_line()
    {
        Assert.Equal(0, await RunAsync("--version"));

        Assert.Matches(@"^p2pnode \d+\.\d+\.\d+\n$", Output);
    }

    [Theory]
    [InlineData("--help", "p2pnode --id 1 ", "P2PNODE_ID", "Exit codes: 0 done")]
    [InlineData("files --help", "p2pnode files [<PATTERN>] [options]", "--json", "exit code 4")]
    [InlineData("status --help", "p2pnode status [options]", "the lowest ID of nodes.json that runs here", "--json")]
    public async Task Help_shows_how_a_command_looks_in_use(string args, params string[] excerpts)
    {
        Assert.Equal(0, await RunAsync(args.Split(' ')));

        Assert.All(excerpts, excerpt => Assert.Contains(excerpt, Output));
    }

    [Theory]
    [InlineData("p2pnode st", "status")]
    [InlineData("p2pnode --id ", "1 2 3")]
    [InlineData("/opt/p2pnode status --id ", "1 2 3")]
    [InlineData("p2pnode --log-f", "--log-format")]
    [InlineData("p2pnode --log-format ", "json text")]
    [InlineData("p2pnode", "")]
    public async Task The_shell_is_told_what_may_come_next(string line, string candidates)
    {
        WriteNodesFile();

        Assert.Equal(0, await RunAsync($"[suggest:{line.Length}]", line));

        Assert.Equal(candidates, string.Join(' ', Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
    }

    [Fact]
    public async Task A_broken_file_leaves_completion_silent()
    {
        WriteNodesFile("{");

        Assert.Equal(0, await RunAsync("[suggest:13]", "p2pnode --id "));

        Assert.Equal(("", ""), (Output, Error));
    }

    [Theory]
    [InlineData("bash", "complete -o default -F _p2pnode p2pnode")]
    [InlineData("zsh", "compdef _p2pnode p2pnode")]
    [InlineData("fish", "complete -c p2pnode")]
    [InlineData("pwsh", "Register-ArgumentCompleter")]
    public async Task Each_shell_gets_its_script(string shell, string excerpt)
    {
        Assert.Equal(0, await RunAsync("completion", shell));

        Assert.Contains(excerpt, Output);
    }
}
