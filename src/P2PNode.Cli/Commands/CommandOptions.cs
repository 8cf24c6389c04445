using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using System.Globalization;
using P2PNode.Cli.Configuration;
using P2PNode.Core;

namespace P2PNode.Cli.Commands;

/// <summary>
/// The options that commands share. They carry texts: what a value must be is settled by <see cref="GivenSettings"/>,
/// which reads the environment by the same rules.
/// </summary>
internal sealed class CommandOptions
{
    private readonly Surroundings _surroundings;

    public CommandOptions(Surroundings surroundings)
    {
        _surroundings = surroundings;
        Id.CompletionSources.Add(ListedIds);
        Copies.CompletionSources.Add("1", "2", "all");
        LimitUp.CompletionSources.Add("1", "10", "100");
        LimitDown.CompletionSources.Add("1", "10", "100");
        LogLevel.CompletionSources.Add([.. LogWords.Levels]);
        LogFormat.CompletionSources.Add([.. LogWords.Formats]);
    }

    public Option<string> Id { get; } = new("--id")
    {
        Description = "The node's ID, a whole number from 1. [default: that of the folder, else of the node that ran here before, else a new one]",
        HelpName = "ID",
    };

    public Option<string> Config { get; } = new("--config")
    {
        Description = "The file that lists the nodes. [default: nodes.json]",
        HelpName = "FILE",
    };

    public Option<string> Folder { get; } = new("--folder")
    {
        Description = "The node's folder. [default: as nodes.json says, or NODE<ID> beside it]",
        HelpName = "DIR",
    };

    public Option<string> Listen { get; } = new("--listen")
    {
        Description = "Where the node listens. Needed with an --id that nodes.json lacks; without --id a free port is chosen and kept.",
        HelpName = "HOST:PORT",
    };

    public Option<string[]> Seed { get; } = new("--seed")
    {
        Description = "A seed, where the node registers and learns of others; may be given several times.",
        HelpName = "HOST:PORT",
    };

    public Option<bool> Discover { get; } = new("--discover")
    {
        Description = "Look for other nodes on the local network, and be found there.",
    };

    public Option<string> MaxPeers { get; } = new("--max-peers")
    {
        Description = "The most peers to link to at once. [default: as many as there are]",
        HelpName = "N",
    };

    public Option<string> Copies { get; } = new("--copies")
    {
        Description = "How many of the lowest live IDs keep a copy of everything: a number or 'all'. [default: 1]",
        HelpName = "N|all",
    };

    public Option<string> LimitUp { get; } = new("--limit-up")
    {
        Description = "The most that the node sends of files, in MB a second; fractions are allowed. [default: no limit]",
        HelpName = "RATE",
    };

    public Option<string> LimitDown { get; } = new("--limit-down")
    {
        Description = "The most that the node takes of files, in MB a second; fractions are allowed. [default: no limit]",
        HelpName = "RATE",
    };

    public Option<string> LogLevel { get; } = new("--log-level")
    {
        Description = "What is logged: verbose, debug, info, warning or error. [default: info]",
        HelpName = "LEVEL",
    };

    public Option<string> LogFormat { get; } = new("--log-format")
    {
        Description = "How it is logged: as lines of text, or as one JSON object a line. [default: text]",
        HelpName = "text|json",
    };

    public Option<bool> Json { get; } = new("--json")
    {
        Description = "Print one JSON document and nothing else.",
    };

    /// <summary>For commands where nothing else can name the node.</summary>
    public Option<string> RequiredId(string description)
    {
        var id = new Option<string>(Id.Name) { Description = description, HelpName = Id.HelpName };
        id.CompletionSources.Add(ListedIds);
        return id;
    }

    /// <summary>All that was given on the command line or in the environment.</summary>
    public GivenSettings Given(ParseResult parsed) => Given(parsed, _surroundings.Environment);

    /// <summary>All that was given on the command line alone.</summary>
    public GivenSettings GivenAsOptions(ParseResult parsed) => Given(parsed, _ => null);

    private GivenSettings Given(ParseResult parsed, Func<string, string?> environment)
    {
        var options = new Option[] { Id, Config, Folder, Listen, Seed, Discover, MaxPeers, Copies, LimitUp, LimitDown, LogLevel, LogFormat }
            .ToDictionary(option => option.Name[2..]);
        return new GivenSettings(name => Texts(parsed, options[name]), environment);
    }

    private string[] Texts(ParseResult parsed, Option option)
    {
        // A command may describe an option in its own words.
        var own = parsed.CommandResult.Command.Options.FirstOrDefault(other => other.Name == option.Name) ?? option;
        if ((Explicit(parsed, own) ?? Explicit(parsed, option)) is not { } result)
            return [];
        return option == Discover
            ? [parsed.GetValue(Discover).ToString(CultureInfo.InvariantCulture)]
            : [.. result.Tokens.Select(token => token.Value)];
    }

    private static OptionResult? Explicit(ParseResult parsed, Option option) =>
        parsed.GetResult(option) is { Implicit: false } result ? result : null;

    /// <summary>The IDs of nodes.json, for completions.</summary>
    public IEnumerable<CompletionItem> ListedIds(CompletionContext context) => Listed(context, id => id.ToString());

    /// <summary>The IDs of nodes.json as they stand before paths, for completions.</summary>
    public IEnumerable<CompletionItem> ListedOwners(CompletionContext context) => Listed(context, id => $"NODE{id}/");

    private IEnumerable<CompletionItem> Listed(CompletionContext context, Func<NodeId, string> form)
    {
        try
        {
            var file = NodeSettings.LoadFile(Given(context.ParseResult), _surroundings.WorkingDirectory);
            return file?.Nodes.Select(node => new CompletionItem(form(node.Id))) ?? [];
        }
        catch (ConfigurationException)
        {
            return []; // The person is still typing: what is wrong with the file is said when the command runs.
        }
    }
}
