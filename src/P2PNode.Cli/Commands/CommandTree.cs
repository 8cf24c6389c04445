using System.CommandLine;
using System.CommandLine.Help;

namespace P2PNode.Cli.Commands;

/// <summary>All commands of the program.</summary>
internal static class CommandTree
{
    /// <summary>What the program is called in all that it says, whatever its file is called.</summary>
    public const string ProgramName = "p2pnode";

    public static RootCommand Create(Surroundings surroundings)
    {
        var options = new CommandOptions(surroundings);
        var root = new RootCommand("A file pool of machines whose owners trust one another. Runs one node here.")
        {
            HelpName = ProgramName,
        };
        new RunCommand(options, surroundings).AddTo(root);
        root.Add(new UpCommand(options, surroundings).Create());
        root.Add(new SeedCommand(options, surroundings).Create());
        AddAsking(root, options, surroundings);
        root.Add(new NetworkCommands(options, surroundings).Create());
        root.Add(CompletionCommand.Create(surroundings));
        ShowExamplesWithHelp(root, surroundings);
        root.Options.OfType<VersionOption>().Single().Action = new ShowVersion();
        SuggestCompletions.ReplaceIn(root);
        return root;
    }

    /// <summary>The commands that can be typed while a node runs.</summary>
    public static RootCommand CreateTyped(Surroundings surroundings, Action quit)
    {
        var root = new RootCommand("Commands for the node that runs here. Ctrl-C calls off the one that runs; where none does, Ctrl-C or 'quit' stops the node.") { HelpName = ProgramName };
        AddAsking(root, new CommandOptions(surroundings), surroundings);
        var stops = new Command("quit", "Stop this node at once, but cleanly.");
        stops.Aliases.Add("exit");
        stops.SetAction(_ => quit());
        root.Add(stops);
        var help = new Command("help", "Show what can be typed.");
        help.SetAction((_, stop) => root.Parse("--help").InvokeAsync(new InvocationConfiguration { Output = surroundings.Output, Error = surroundings.Error, EnableDefaultExceptionHandler = false }, stop));
        root.Add(help);
        ShowExamplesWithHelp(root, surroundings);
        root.Options.Remove(root.Options.OfType<VersionOption>().Single());
        root.Directives.Clear();
        return root;
    }

    private static void AddAsking(RootCommand root, CommandOptions options, Surroundings surroundings)
    {
        var asking = new Asking(options, surroundings);
        foreach (var command in new AskingCommands(asking, surroundings).Create())
            root.Add(command);
        root.Add(new SearchCommand(options, asking, surroundings).Create());
        root.Add(new GetCommand(options, asking, surroundings).Create());
        root.Add(new ConnectCommand(asking, surroundings).Create());
        root.Add(new LeaveCommand(asking, surroundings).Create());
    }

    private static void ShowExamplesWithHelp(RootCommand root, Surroundings surroundings)
    {
        var help = root.Options.OfType<HelpOption>().Single();
        help.Aliases.Remove("/h");
        help.Aliases.Remove("/?");
        help.Action = new HelpWithExamples((HelpAction)help.Action!, surroundings.Invocation);
    }
}
