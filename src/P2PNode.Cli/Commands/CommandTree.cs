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
        var asking = new Asking(options, surroundings);
        foreach (var command in new AskingCommands(asking, surroundings).Create())
            root.Add(command);
        root.Add(new SearchCommand(options, asking, surroundings).Create());
        root.Add(new GetCommand(options, asking, surroundings).Create());
        root.Add(new NetworkCommands(options, surroundings).Create());
        root.Add(CompletionCommand.Create(surroundings));

        var help = root.Options.OfType<HelpOption>().Single();
        help.Aliases.Remove("/h");
        help.Aliases.Remove("/?");
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        root.Options.OfType<VersionOption>().Single().Action = new ShowVersion();
        SuggestCompletions.ReplaceIn(root);
        return root;
    }
}
