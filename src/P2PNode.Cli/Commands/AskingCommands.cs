using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using P2PNode.Api;
using P2PNode.Cli.Display;
using P2PNode.Node;

namespace P2PNode.Cli.Commands;

/// <summary>The commands that want something of a running node and print its answer.</summary>
internal sealed class AskingCommands(CommandOptions options, Surroundings surroundings)
{
    private readonly Argument<string?> _pattern = new("PATTERN")
    {
        Description = "A text or glob (*, ?, **) that the path must match, in any case.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<bool> _acceptLoss = new("--accept-loss")
    {
        Description = "What is missing is gone for good, and the folder is the right one. Until then a large loss at once is held back.",
    };

    public IEnumerable<Command> Create()
    {
        yield return Asking("status", "Show how a node sees the network: leader, links, members and files.", StatusAsync);
        yield return Asking("members", "List all members of the network, their addresses and states.", MembersAsync);

        var files = Asking("files", "List the files of the network: owner, path, size, who has a copy.", FilesAsync);
        files.Add(_pattern);
        yield return files;

        var rescan = Asking("rescan", "Have a node look through its files and copies now, though the system reported no change.", RescanAsync);
        rescan.Add(_acceptLoss);
        yield return rescan;
    }

    private Command Asking(string name, string description, Func<ParseResult, CancellationToken, Task<ExitCode>> action)
    {
        var command = new Command(name, description) { options.Id, options.Config, options.Folder, options.Json };
        command.SetAction(async (parsed, stop) => (int)await action(parsed, stop));
        return command;
    }

    private async Task<ExitCode> StatusAsync(ParseResult parsed, CancellationToken stop)
    {
        var status = await Find(parsed).AskAsync(client => client.StatusAsync(stop));
        if (parsed.GetValue(options.Json))
            Print(status, NodeQueriesJson.Status);
        else
            StatusView.Write(status, surroundings.Screen);
        return ExitCode.Done;
    }

    private async Task<ExitCode> MembersAsync(ParseResult parsed, CancellationToken stop)
    {
        var members = await Find(parsed).AskAsync(client => client.MembersAsync(stop));
        if (parsed.GetValue(options.Json))
            Print(members, NodeQueriesJson.Members);
        else
            MembersView.Write(members, surroundings.Screen);
        return ExitCode.Done;
    }

    private async Task<ExitCode> FilesAsync(ParseResult parsed, CancellationToken stop)
    {
        var pattern = parsed.GetValue(_pattern);
        var answer = await Find(parsed).AskAsync(client => client.FilesAsync(pattern, stop));
        if (parsed.GetValue(options.Json))
            Print(answer.Files, NodeQueriesJson.FileRows);
        else if (answer.Files.Count > 0)
            FilesView.Write(answer.Files, surroundings.Screen);

        if (answer.Files.Count == 0)
            Remark(pattern is null ? "There are no files." : $"No file matches '{pattern}'.");
        if (answer.Listings is var (complete, expected) && complete < expected)
            Remark($"Files may be missing: {complete} of {expected} listings are complete.");
        return answer.Files.Count == 0 && pattern is not null ? ExitCode.NotFound : ExitCode.Done;
    }

    private async Task<ExitCode> RescanAsync(ParseResult parsed, CancellationToken stop)
    {
        var acceptLoss = parsed.GetValue(_acceptLoss);
        var status = await Find(parsed).AskAsync(client => client.RescanAsync(acceptLoss, stop));
        if (parsed.GetValue(options.Json))
            Print(status, NodeQueriesJson.Status);
        else
            surroundings.Screen.Line($"Node {status.Id} looks through its folder; 'p2pnode status --id {status.Id}' shows what comes of it.");
        return ExitCode.Done;
    }

    private AskedNode Find(ParseResult parsed) => AskedNode.Find(options.Given(parsed), surroundings.WorkingDirectory);

    private void Remark(string sentence) => surroundings.Error.WriteLine(sentence);

    private void Print<T>(T document, JsonTypeInfo<T> json) =>
        surroundings.Output.WriteLine(JsonSerializer.Serialize(document, json));
}
