using System.CommandLine;
using System.CommandLine.Parsing;
using P2PNode.Cli.Configuration;
using P2PNode.Cli.Typing;

namespace P2PNode.Cli.Commands;

/// <summary>Carries out the commands that a person types while a node runs: those of the command line that ask a node.</summary>
internal sealed class TypedCommands
{
    private static readonly string Folder = GivenSettings.Variable("folder");
    private static readonly string Id = GivenSettings.Variable("id");
    private static readonly string Config = GivenSettings.Variable("config");

    private readonly Surroundings _surroundings;
    private readonly RootCommand _root;

    /// <summary>For lines that name another node.</summary>
    private readonly RootCommand _elsewhere;

    /// <param name="surroundings">Those of the process.</param>
    /// <param name="folder">The absolute path of the folder of the node that runs here, which is the one that is asked.</param>
    public TypedCommands(Surroundings surroundings, string folder)
    {
        _surroundings = surroundings with { Environment = name => name == Folder ? folder : name == Id || name == Config ? null : surroundings.Environment(name) };
        _root = CommandTree.CreateTyped(_surroundings, () => Quits = true);
        _elsewhere = CommandTree.CreateTyped(surroundings, () => Quits = true);
    }

    /// <summary>Whether the person asked to stop the node.</summary>
    public bool Quits { get; private set; }

    /// <summary>What may stand at the end of a line that is being typed.</summary>
    public IEnumerable<string> Complete(string text) => SuggestCompletions.Candidates(_root, text);

    /// <summary>Carries out line after line, until one says to quit or no more come.</summary>
    public async Task RunAsync(TypedLines lines, CancellationToken stop)
    {
        while (!Quits && await lines.NextAsync(stop) is { } line)
        {
            string[] words = [.. CommandLineParser.SplitCommandLine(line)];
            if (words.FirstOrDefault() == CommandTree.ProgramName)
                words = words[1..];
            if (words.Length > 0)
                await lines.WhileAsync(off => CommandLine.CarryOutTypedAsync(NamesNode(words) ? _elsewhere : _root, words, _surroundings, off), stop);
        }
    }

    private static bool NamesNode(IEnumerable<string> words) => words
        .TakeWhile(word => word != "--")
        .Any(word => word.Split('=', ':')[0] is "--id" or "--folder" or "--config");
}
