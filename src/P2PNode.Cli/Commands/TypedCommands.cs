using System.CommandLine;
using P2PNode.Api;
using P2PNode.Cli.Configuration;
using P2PNode.Cli.Typing;
using P2PNode.Core.Catalogue;

namespace P2PNode.Cli.Commands;

/// <summary>Carries out the commands that a person types while a node runs: those of the command line that ask a node.</summary>
internal sealed class TypedCommands
{
    private static readonly string Folder = GivenSettings.Variable("folder");
    private static readonly string Id = GivenSettings.Variable("id");
    private static readonly string Config = GivenSettings.Variable("config");

    /// <summary>Nobody waits longer for a Tab.</summary>
    private static readonly TimeSpan CompletionPatience = TimeSpan.FromSeconds(1);

    /// <summary>More are of no help to a person.</summary>
    private const int MostCompleted = 200;

    private readonly Surroundings _surroundings;
    private readonly Func<string, string?> _environment;
    private readonly RootCommand _root;

    /// <summary>For lines that name another node.</summary>
    private readonly RootCommand _elsewhere;

    private TypedCommands(Surroundings surroundings, Func<string, string?> environment, bool ofOne)
    {
        (_surroundings, _environment) = (surroundings, environment);
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
    public IEnumerable<string> Complete(string text)
    {
        var (start, word) = TypedWords.Last(text);
        return TypedWords.Split(text[..start]) switch
        {
            [.., "-o" or "--output" or "--folder" or "--config"] => LocalPaths.StartingWith(word, _surroundings.WorkingDirectory),
            [.., "get", _] or ["get", ..] when !word.StartsWith('-') => SuggestCompletions.Candidates(_root, text).Concat(RemotePaths(word)),
            _ => SuggestCompletions.Candidates(_root, text),
        };
    }

    /// <summary>Carries out line after line, until one says to quit or no more come.</summary>
    public async Task RunAsync(TypedLines lines, CancellationToken stop)
    {
        while (!Quits && await lines.NextAsync(stop) is { } line)
        {
            var words = TypedWords.Split(line);
            if (words.FirstOrDefault() == CommandTree.ProgramName)
                words = words[1..];
            if (words.Length > 0)
                await lines.WhileAsync(off => CarryOutAsync(words, off), stop);
        }
    }

    /// <summary>Where nobody can take an answer, be it the complaint of a command, the next line may still be one that needs none.</summary>
    private async Task CarryOutAsync(string[] words, CancellationToken off)
    {
        try
        {
            await CommandLine.CarryOutAsync(NamesNode(words) ? _elsewhere : _root, words, _surroundings, off);
        }
        catch (UnauthorizedAccessException e)
        {
            TryTell(e.Message);
        }
        catch (IOException)
        {
            // It was told already, or that was what could not be done.
        }
    }

    private void TryTell(string sentence)
    {
        try
        {
            _surroundings.Error.WriteLine(sentence);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Nobody can be told anything.
        }
    }

    /// <summary>What a path or an owner and a path may go on to, up to the next '/'; nothing where the node cannot say at once.</summary>
    private IEnumerable<string> RemotePaths(string word)
    {
        if (word.Length == 0 || word.AsSpan().ContainsAny('*', '?'))
            return [];
        using var patience = new CancellationTokenSource(CompletionPatience, _surroundings.Clock);
        try
        {
            var query = new FileQuery { Pattern = SearchTerms.Pattern(word + "**"), Order = FileOrder.Path, Limit = MostCompleted };
            var node = AskedNode.Find(new GivenSettings(_ => [], _environment), _surroundings.WorkingDirectory);
            var answer = node.AskAsync(client => client.FilesAsync(query, patience.Token)).GetAwaiter().GetResult(); // The person waits for it.
            return answer.Files.SelectMany(file => (string[])[file.Path, $"NODE{file.Peer}/{file.Path}"])
                .Where(path => path.StartsWith(word, StringComparison.Ordinal))
                .Select(path => path[..(path.IndexOf('/', word.Length) + 1)] is { Length: > 0 } folder ? folder : path);
        }
        catch (Exception e) when (e is ConfigurationException or LocalRequestException or OperationCanceledException)
        {
            return [];
        }
    }

    private static bool NamesNode(IEnumerable<string> words) => words
        .TakeWhile(word => word != "--")
        .Any(word => word.Split('=', ':')[0] is "--id" or "--folder" or "--config");
}
