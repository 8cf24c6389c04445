using System.CommandLine;
using P2PNode.Api;
using P2PNode.Cli.Configuration;
using P2PNode.Cli.Display;
using P2PNode.Core.Catalogue;
using P2PNode.Node;

namespace P2PNode.Cli.Commands;

/// <summary>The commands that want something of a running node and print its answer.</summary>
internal sealed class AskingCommands(Asking asking, Surroundings surroundings)
{
    private readonly Argument<string?> _pattern = new("PATTERN")
    {
        Description = "A text or glob (*, ?, **) that the path must match, in any case.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Argument<string[]> _text = new("TEXT") { Description = "What to say, at most 64 KiB; several words are put together with a space between them.", Arity = ArgumentArity.OneOrMore };

    private readonly Option<bool> _acceptLoss = new("--accept-loss")
    {
        Description = "What is missing is gone for good, and the folder is the right one. Until then a large loss at once is held back.",
    };

    private readonly Option<bool> _watch = new("--watch") { Description = "Show it again and again, until Ctrl-C." };

    private readonly Option<bool> _diagnose = new("--diagnose")
    {
        Description = "Have the node dial every address that it knows of others once, and show which can be reached, and why others cannot.",
    };

    public IEnumerable<Command> Create()
    {
        var status = asking.Create("status", "Show how a node sees the network: leader, links, members, files and transfers.", StatusAsync);
        status.Add(_watch);
        yield return status;
        var members = asking.Create("members", "List all members of the network, their addresses and states.", MembersAsync);
        members.Add(_diagnose);
        yield return members;

        var files = asking.Create("files", "List the files of the network: owner, path, size, who has a copy.", FilesAsync);
        files.Add(_pattern);
        yield return files;

        var rescan = asking.Create("rescan", "Have a node look through its files and copies now, though the system reported no change.", RescanAsync);
        rescan.Add(_acceptLoss);
        yield return rescan;

        var say = asking.Create("say", "Say something to all nodes; each live one shows it once.", SayAsync);
        say.Add(_text);
        yield return say;
    }

    private async Task<ExitCode> StatusAsync(ParseResult parsed, CancellationToken stop)
    {
        var node = asking.Find(parsed);
        if (parsed.GetValue(_watch))
        {
            await new StatusWatch(node, surroundings.Screen).RunAsync(asking.WantsJson(parsed), stop);
            return ExitCode.Done;
        }

        var status = await node.AskAsync(client => client.StatusAsync(stop));
        if (asking.WantsJson(parsed))
            asking.Print(status, NodeQueriesJson.Status);
        else
            StatusView.Write(status, surroundings.Screen);
        return ExitCode.Done;
    }

    private async Task<ExitCode> MembersAsync(ParseResult parsed, CancellationToken stop)
    {
        var node = asking.Find(parsed);
        if (parsed.GetValue(_diagnose))
            return await DiagnoseAsync(node, asking.WantsJson(parsed), stop);
        var members = await node.AskAsync(client => client.MembersAsync(stop));
        if (asking.WantsJson(parsed))
            asking.Print(members, NodeQueriesJson.Members);
        else
            MembersView.Write(members, surroundings.Screen);
        return ExitCode.Done;
    }

    private async Task<ExitCode> DiagnoseAsync(AskedNode node, bool asJson, CancellationToken stop)
    {
        var addresses = await node.AskAsync(client => client.DiagnoseAsync(stop));
        if (asJson)
            asking.Print(addresses, NodeQueriesJson.Diagnosis);
        else if (addresses.Count > 0)
            DiagnosisView.Write(addresses, surroundings.Screen);
        else
            asking.Remark("The node knows of no others.");
        return ExitCode.Done;
    }

    private async Task<ExitCode> FilesAsync(ParseResult parsed, CancellationToken stop)
    {
        var pattern = parsed.GetValue(_pattern);
        var query = new FileQuery { Pattern = SearchTerms.Pattern(pattern) };
        var answer = await asking.Find(parsed).AskAsync(client => client.FilesAsync(query, stop));
        if (asking.WantsJson(parsed))
            asking.Print(answer.Files, NodeQueriesJson.FileRows);
        else if (answer.Files.Count > 0)
            FilesView.Write(answer.Files, surroundings.Screen);

        if (answer.Files.Count == 0)
            asking.Remark(pattern is null ? "There are no files." : $"No file matches '{pattern}'.");
        if (FilesView.Incomplete(answer) is { } remark)
            asking.Remark(remark);
        return answer.Files.Count == 0 && pattern is not null ? ExitCode.NotFound : ExitCode.Done;
    }

    private async Task<ExitCode> RescanAsync(ParseResult parsed, CancellationToken stop)
    {
        var acceptLoss = parsed.GetValue(_acceptLoss);
        var status = await asking.Find(parsed).AskAsync(client => client.RescanAsync(acceptLoss, stop));
        if (asking.WantsJson(parsed))
            asking.Print(status, NodeQueriesJson.Status);
        else
            surroundings.Screen.Line($"Node {status.Id} looks through its folder; '{surroundings.Invocation}status --id {status.Id}' shows what comes of it.");
        return ExitCode.Done;
    }

    private async Task<ExitCode> SayAsync(ParseResult parsed, CancellationToken stop)
    {
        var text = string.Join(' ', parsed.GetValue(_text) ?? []);
        if (SayRefusedException.ProblemOf(text) is { } problem)
            throw new LocalRequestException(ExitCode.Usage, problem);
        var said = await asking.Find(parsed).AskAsync(client => client.SayAsync(text, stop));
        if (asking.WantsJson(parsed))
            asking.Print(said, NodeQueriesJson.SayReport);
        else
            surroundings.Screen.Line($"Node {said.Id} says it to all.");
        return ExitCode.Done;
    }
}
