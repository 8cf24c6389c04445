using System.CommandLine;
using System.Text.Json;
using P2PNode.Cli.Commands;

namespace P2PNode.Tests.Cli;

/// <summary>A command that was asked for JSON and has no answer prints one object with the reason in its place.</summary>
public sealed class JsonFailureTests : CommandLineFixture
{
    /// <summary>Each command that knows --json, as it can be typed.</summary>
    private static readonly Dictionary<string, string> Commands = new()
    {
        ["status"] = "status",
        ["members"] = "members",
        ["files"] = "files",
        ["rescan"] = "rescan",
        ["say"] = "say hello",
        ["search"] = "search x",
        ["get"] = "get x",
        ["connect"] = "connect 127.0.0.1:1",
        ["leave"] = "leave",
        ["network invite"] = "network invite --id 7",
        ["network show"] = "network show",
    };

    public static TheoryData<string> Names => [.. Commands.Keys];

    [Fact]
    public void Every_command_that_knows_it_is_tried() => Assert.Equal(Commands.Keys.Order(), Knowing(CommandTree.Create(Surroundings), "").Order());

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Where_nobody_answers_the_reason_is_printed(string name)
    {
        WriteNodesFile();

        var code = await RunAsync([.. Commands[name].Split(' '), "--json"]);

        Assert.Equal(name switch { "network invite" => 2, "network show" => 4, _ => 3 }, code);
        Assert.Equal(Error, ErrorOf(Output) + "\n");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Where_the_command_line_is_wrong_the_reason_is_printed(string name)
    {
        Assert.Equal(2, await RunAsync([.. Commands[name].Split(' '), "--json", "--nosuch"]));

        Assert.Equal(Error.Split('\n')[0], ErrorOf(Output));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Where_nodes_json_is_wrong_all_of_it_is_printed(string name)
    {
        WriteNodesFile("""{ "nodes": 1, "copies": 0 }""");

        Assert.Equal(2, await RunAsync([.. Commands[name].Split(' '), "--json"]));

        Assert.Equal(2, Error.TrimEnd('\n').Split('\n').Length);
        Assert.Equal(Error.TrimEnd('\n').Replace('\n', ' '), ErrorOf(Output));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Who_did_not_ask_for_JSON_gets_none(string name)
    {
        WriteNodesFile();

        Assert.NotEqual(0, await RunAsync(Commands[name].Split(' ')));

        Assert.Empty(Output);
    }

    private static string? ErrorOf(string output)
    {
        Assert.Equal('\n', output[^1]);
        return JsonElement.Parse(output).GetProperty("error").GetString();
    }

    private static IEnumerable<string> Knowing(Command command, string name) => command.Subcommands
        .SelectMany(sub => Knowing(sub, $"{name} {sub.Name}".TrimStart()))
        .Concat(command.Options.Any(option => option.Name == "--json") ? [name] : []);
}
