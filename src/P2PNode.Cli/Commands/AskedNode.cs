using P2PNode.Api;
using P2PNode.Cli.Configuration;
using P2PNode.Node;

namespace P2PNode.Cli.Commands;

/// <summary>The running node that a command is meant for.</summary>
/// <param name="Folder">The absolute path of its folder.</param>
/// <param name="IfAbsent">The sentence for a person where it does not run: how to start it.</param>
internal sealed record AskedNode(string Folder, string IfAbsent)
{
    /// <summary>So many nodes are named to a person who has to choose one.</summary>
    private const int MostListed = 10;

    /// <summary>
    /// The node with the given folder, else the one with the given ID, else the lowest ID of nodes.json that runs, else the
    /// only one that runs in a folder here, whatever that is called.
    /// </summary>
    /// <exception cref="ConfigurationException">Nothing says which node is meant.</exception>
    /// <exception cref="LocalRequestException">None runs, or several that nodes.json does not name.</exception>
    public static AskedNode Find(GivenSettings given, string workingDirectory)
    {
        if (given.Folder is { } folder)
        {
            var path = Path.GetFullPath(folder, workingDirectory);
            return new AskedNode(path, !LocalClient.IsServed(path) && FolderOwner.FindSeed(path) is { } seed
                ? $"{folder} is the folder of seed {seed}, which answers no commands; ask a node that registers with it, or read {Path.Combine(folder, "seed.log")}."
                : $"No node runs with the folder {folder}; start it with 'p2pnode --folder {folder}'.");
        }

        var file = NodeSettings.LoadFile(given, workingDirectory);
        if (given.Id is { } id)
        {
            return new AskedNode(
                NodeSettings.FolderOf(id, given, file, workingDirectory),
                $"Node {id} is not running; start it with 'p2pnode --id {id}'.");
        }

        if (file?.Nodes.FirstOrDefault(node => LocalClient.IsServed(node.Folder)) is { } listed)
            return new AskedNode(listed.Folder, $"Node {listed.Id} has just ended.");
        var here = NodesHere.Folders(NodeSettings.HomeOf(file, workingDirectory));
        var running = here.Where(LocalClient.IsServed).Select(path => Path.GetRelativePath(workingDirectory, path)).ToList();
        return running switch
        {
            [var only] => new AskedNode(Path.GetFullPath(only, workingDirectory), $"The node in {only} has just ended."),
            [_, ..] => throw new LocalRequestException(ExitCode.Ambiguous, $"Nodes run here in {Listed(running)}; say which one is meant with --folder."),
            _ => throw NoneRuns(given, file, [.. here.Where(NodesHere.HasRunIn).Select(path => Path.GetRelativePath(workingDirectory, path))]),
        };
    }

    /// <param name="given">What the person gave.</param>
    /// <param name="file">nodes.json, if there is one.</param>
    /// <param name="stopped">The folders here in which nodes ran.</param>
    private static Exception NoneRuns(GivenSettings given, NodesFile? file, List<string> stopped) => (file, stopped) switch
    {
        ({ Nodes.Count: > 0 }, _) => NotRunning($"No node of {given.Config ?? NodesFile.DefaultName} is running; start one with 'p2pnode --id {file.Nodes[0].Id}', or all with 'p2pnode up'."),
        (_, [var only]) => NotRunning($"The node in {only} is not running; start it with 'p2pnode --folder {only}'."),
        (_, [var first, ..]) => NotRunning($"None of the nodes in {Listed(stopped)} is running; start one with 'p2pnode --folder {first}'."),
        (not null, _) => NotRunning("No node runs here; start one with 'p2pnode'."),
        _ => new ConfigurationException("There is no nodes.json here, and no folder of a node; say which node to ask with --folder or --config."),
    };

    private static LocalRequestException NotRunning(string sentence) => new(ExitCode.NotRunning, sentence);

    private static string Listed(List<string> folders) =>
        $"{string.Join(", ", folders.Take(MostListed))}{(folders.Count > MostListed ? " and more" : "")}";

    /// <summary>Asks the node, and says how to start it where it does not run.</summary>
    /// <exception cref="LocalRequestException">It does not run, or cannot answer.</exception>
    public async Task<T> AskAsync<T>(Func<LocalClient, Task<T>> question)
    {
        using var client = new LocalClient(Folder);
        try
        {
            return await question(client);
        }
        catch (LocalRequestException e) when (e.Code == ExitCode.NotRunning)
        {
            throw new LocalRequestException(e.Code, IfAbsent, e);
        }
    }
}
