using System.CommandLine;
using P2PNode.Api;
using P2PNode.Cli.Configuration;
using P2PNode.Cli.Display;
using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Node;

namespace P2PNode.Cli.Commands;

/// <summary>Finds files in the leader's catalogue, whichever node is asked.</summary>
internal sealed class SearchCommand(CommandOptions options, Asking asking, Surroundings surroundings)
{
    private readonly Argument<string?> _text = new("TEXT")
    {
        Description = "A text or glob (*, ?, **) that the path must match, in any case; NODE2/ in front for one owner.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _peer = new("--peer") { Description = "Files of one owner.", HelpName = "ID" };

    private readonly Option<string?> _minSize = new("--min-size")
    {
        Description = "Files of at least this size: bytes, or 10K, 10M, 1.5G (of 1,024), 10MB (of 1,000).",
        HelpName = "SIZE",
    };

    private readonly Option<string?> _maxSize = new("--max-size") { Description = "Files of at most this size.", HelpName = "SIZE" };

    private readonly Option<string?> _newer = new("--newer")
    {
        Description = "Files that changed since a day or time (2026-01-31, 2026-01-31T12:00, 2026-01-31T11:00Z), or in the last 30m, 12h, 7d, 2w.",
        HelpName = "TIME",
    };

    private readonly Option<string?> _root = new("--root") { Description = "Files of exactly this content.", HelpName = "HEX" };

    private readonly Option<string?> _sort = new("--sort")
    {
        Description = "Order by name, path, size (smallest first), mtime (oldest first) or peer. [default: name]",
        HelpName = "ORDER",
    };

    private readonly Option<bool> _reverse = new("--reverse") { Description = "Turn the order round." };

    private readonly Option<string?> _limit = new("--limit") { Description = "Show the first N only.", HelpName = "N" };

    public Command Create()
    {
        var search = asking.Create("search", "Find files of the network by name, owner, size, time or content.", RunAsync);
        search.Add(_text);
        foreach (var option in (Option[])[_peer, _minSize, _maxSize, _newer, _root, _sort, _reverse, _limit])
            search.Add(option);
        _sort.CompletionSources.Add([.. SearchTerms.Orders]);
        _peer.CompletionSources.Add(options.ListedIds);
        return search;
    }

    private async Task<ExitCode> RunAsync(ParseResult parsed, CancellationToken stop)
    {
        var query = Query(parsed);
        var answer = await asking.Find(parsed).AskAsync(client => client.FilesAsync(query, stop));
        if (asking.WantsJson(parsed))
            asking.Print(answer.Files, NodeQueriesJson.FileRows);
        else if (answer.Files.Count > 0)
            FilesView.Write(answer.Files, surroundings.Screen);

        if (answer.Found == 0)
            asking.Remark(parsed.GetValue(_text) is { } text ? $"No file matches '{text}'." : "No file matches.");
        if (answer.Found > answer.Files.Count)
            asking.Remark($"These are {answer.Files.Count} of {Words.Files(answer.Found)}.");
        if (FilesView.Incomplete(answer) is { } remark)
            asking.Remark(remark);
        return answer.Found == 0 ? ExitCode.NotFound : ExitCode.Done;
    }

    private FileQuery Query(ParseResult parsed)
    {
        var clock = surroundings.Clock;
        var query = new FileQuery
        {
            Pattern = SearchTerms.Pattern(parsed.GetValue(_text)),
            Owner = Read<NodeId>(parsed, _peer, SearchTerms.TryPeer, "a node's ID, such as 2 or NODE2"),
            MinSize = Read<long>(parsed, _minSize, SearchTerms.TrySize, SearchTerms.SizeForm) ?? 0,
            MaxSize = Read<long>(parsed, _maxSize, SearchTerms.TrySize, SearchTerms.SizeForm) ?? long.MaxValue,
            SinceTicks = Read(parsed, _newer, (string text, out long ticks) => SearchTerms.TrySince(text, clock, out ticks), SearchTerms.TimeForm) ?? 0,
            Root = Read<ContentRoot>(parsed, _root, ContentRoot.TryParse, "64 hexadecimal digits"),
            Order = Read<FileOrder>(parsed, _sort, SearchTerms.TryOrder, $"one of {string.Join(", ", SearchTerms.Orders)}") ?? FileOrder.Name,
            Reverse = parsed.GetValue(_reverse),
            Limit = Read<int>(parsed, _limit, SearchTerms.TryLimit, $"a whole number from 1 to {FileQuery.MostRows}") ?? FileQuery.MostRows,
        };
        if (query.MinSize > query.MaxSize)
            throw new ConfigurationException("--min-size is larger than --max-size: no file is so.");
        if (query with { Order = default, Reverse = false, Limit = FileQuery.MostRows } == FileQuery.All)
            throw new ConfigurationException($"Say what to search for: a TEXT, or a filter such as --peer or --newer; '{surroundings.Invocation}files' lists all.");
        return query;
    }

    private static T? Read<T>(ParseResult parsed, Option<string?> option, TryParse<T> parse, string form)
        where T : struct
    {
        if (parsed.GetValue(option) is not { } text)
            return null;
        return parse(text, out var value)
            ? value
            : throw new ConfigurationException($"{option.Name} must be {form}; it is '{text}'.");
    }

    private delegate bool TryParse<T>(string text, out T value);
}
