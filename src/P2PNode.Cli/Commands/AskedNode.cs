using P2PNode.Api;
using P2PNode.Cli.Configuration;
using P2PNode.Core;

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
    /// one that runs here of those that were started without an ID.
    /// </summary>
    /// <exception cref="ConfigurationException">Nothing says which node is meant.</exception>
    /// <exception cref="LocalRequestException">None runs, or several that nodes.json does not name.</exception>
    public static AskedNode Find(GivenSettings given, string workingDirectory)
    {
        if (given.Folder is { } folder)
        {
            return new AskedNode(
                Path.GetFullPath(folder, workingDirectory),
                $"No node runs with the folder {folder}; start it with 'p2pnode --folder {folder}'.");
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
        return OnlyRunning(new NodeChoice(given, file, workingDirectory).Homes.All(), id => NodeSettings.FolderOf(id, given, file, workingDirectory))
            ?? throw NoneRuns(given, file);
    }

    private static AskedNode? OnlyRunning(IEnumerable<NodeId> homes, Func<NodeId, string> folderOf)
    {
        var running = homes.Where(id => LocalClient.IsServed(folderOf(id))).Order().ToList();
        return running switch
        {
            [] => null,
            [var only] => new AskedNode(folderOf(only), $"Node {only} has just ended."),
            _ => throw new LocalRequestException(
                ExitCode.Ambiguous, $"The nodes {string.Join(", ", running.Take(MostListed))}{(running.Count > MostListed ? " and more" : "")} run here; say which one is meant with --id."),
        };
    }

    private static Exception NoneRuns(GivenSettings given, NodesFile? file) => file switch
    {
        null => new ConfigurationException("There is no nodes.json here, and no node runs; say which node to ask with --folder or --config."),
        { Nodes: [] } => new LocalRequestException(ExitCode.NotRunning, "No node runs here; start one with 'p2pnode'."),
        _ => new LocalRequestException(
            ExitCode.NotRunning,
            $"No node of {given.Config ?? NodesFile.DefaultName} is running; start one with 'p2pnode --id {file.Nodes[0].Id}', or all with 'p2pnode up'."),
    };

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
