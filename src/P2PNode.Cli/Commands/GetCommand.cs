using System.CommandLine;
using P2PNode.Api;
using P2PNode.Cli.Configuration;
using P2PNode.Cli.Display;
using P2PNode.Node;

namespace P2PNode.Cli.Commands;

/// <summary>Has a node fetch files of others, and shows how far it is.</summary>
internal sealed class GetCommand(CommandOptions options, Asking asking, Surroundings surroundings)
{
    private readonly Argument<string[]> _what = new("PATH")
    {
        Description = "A path or a file's name, a folder with a '/' at its end, or a glob (*, ?, **); NODE2/ in front for one owner.",
        HelpName = "PATH",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<bool> _all = new("--all") { Description = "Fetch everything that others offer." };

    private readonly Option<string?> _output = new("--output", "-o")
    {
        Description = "Write to this file, or into this folder (with a '/' at its end), instead of the node's copies.",
        HelpName = "FILE",
    };

    private readonly Option<bool> _force = new("--force") { Description = "Replace what exists at the output." };

    public Command Create()
    {
        var get = asking.Create("get", "Fetch files of other nodes, from whoever has them.", RunAsync);
        get.Add(_what);
        foreach (var option in (Option[])[_all, _output, _force])
            get.Add(option);
        _what.CompletionSources.Add(options.ListedOwners);
        return get;
    }

    private async Task<ExitCode> RunAsync(ParseResult parsed, CancellationToken stop)
    {
        var request = Request(parsed);
        var files = new List<GetOutcome>();
        GetTotals? totals = null;
        try
        {
            await asking.Find(parsed).AskAsync(client => GetProgressView.ShowAsync(Tell(client.GetAsync(request, stop)), surroundings.SideScreen, stop));
        }
        catch (Exception e) when (stop.IsCancellationRequested && e is (OperationCanceledException or LocalRequestException))
        {
            const string Stopped = "Stopped; what has come is kept.";
            throw new CommandException(ExitCode.Failed, Stopped, new CommandFailure(Stopped) { Files = files, Candidates = [] }, e);
        }
        catch (LocalRequestException e)
        {
            var sentence = e.Message.Split('\n')[0].TrimEnd(':'); // The candidates are listed below.
            throw new CommandException(e.Code, e.Message, new CommandFailure(sentence) { Files = files, Candidates = e.Candidates }, e);
        }

        if (asking.WantsJson(parsed))
            asking.Print(new GetReport(files, totals!), NodeQueriesJson.GetReport);
        else
            GetView.Write(files, totals!, surroundings.Screen);
        foreach (var sentence in GetView.Failures(files))
            asking.Remark(sentence);
        return CodeOf(files);

        async IAsyncEnumerable<GetLine> Tell(IAsyncEnumerable<GetLine> lines)
        {
            await foreach (var line in lines)
            {
                if (line.File is { } file)
                    files.Add(file);
                totals = line.Totals;
                yield return line;
            }
        }
    }

    private GetRequest Request(ParseResult parsed)
    {
        var (what, all, output, force) = (parsed.GetValue(_what) ?? [], parsed.GetValue(_all), parsed.GetValue(_output), parsed.GetValue(_force));
        if (what.Length > 0 && all)
            throw new ConfigurationException("Name files or say --all, not both: --all is everything that others offer.");
        if (what.Length == 0 && !all)
            throw new ConfigurationException("Say what to fetch: paths, folders or globs, or --all for everything.");
        if (force && output is null)
            throw new ConfigurationException("--force goes with -o only: the node's own copies are replaced by newer ones anyway.");
        if (output is "")
            throw new ConfigurationException("-o must be a file, or a folder with a '/' at its end.");
        var path = output is null ? null : Path.GetFullPath(output, surroundings.WorkingDirectory);
        return new GetRequest
        {
            What = what,
            All = all,
            Output = path,
            OutputIsFolder = output is not null && (output.EndsWith('/') || Directory.Exists(path)),
            Force = force,
        };
    }

    private static ExitCode CodeOf(List<GetOutcome> files)
    {
        var failed = files.FindAll(file => file.Result is GetResult.Failed);
        return failed.Count == 0 ? ExitCode.Done : failed.TrueForAll(file => file.Refused) ? ExitCode.Refused : ExitCode.Failed;
    }
}
