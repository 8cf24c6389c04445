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

    private TypedCommands(Surroundings surroundings, Func<string, string?> environment, bool ofOne)
    {
        _surroundings = surroundings;
        _root = CommandTree.CreateTyped(surroundings with { Environment = environment }, () => Quits = true);
        _elsewhere = ofOne ? CommandTree.CreateTyped(surroundings, () => Quits = true) : _root;
    }

    /// <summary>For one node that runs here, which is the one that is asked.</summary>
    /// <param name="surroundings">Those of the commands.</param>
    /// <param name="folder">The absolute path of the node's folder.</param>
    public static TypedCommands ForNode(Surroundings surroundings, string folder) => new(
        surroundings, name => name == Folder ? folder : name == Id || name == Config ? null : surroundings.Environment(name), ofOne: true);

    /// <summary>For all nodes of a nodes.json; who is not told which one to ask asks the lowest ID.</summary>
    /// <param name="surroundings">Those of the commands.</param>
    /// <param name="file">The absolute path of the nodes.json.</param>
    public static TypedCommands ForFile(Surroundings surroundings, string file) => new(
        surroundings, name => name == Config ? file : name == Id || name == Folder ? null : surroundings.Environment(name), ofOne: false);

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
                await lines.WhileAsync(off => CommandLine.CarryOutAsync(NamesNode(words) ? _elsewhere : _root, words, _surroundings, off), stop);
        }
    }

    private static bool NamesNode(IEnumerable<string> words) => words
        .TakeWhile(word => word != "--")
        .Any(word => word.Split('=', ':')[0] is "--id" or "--folder" or "--config");
}
