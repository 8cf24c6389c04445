using P2PNode.Api;
using P2PNode.Cli.Configuration;

namespace P2PNode.Cli.Commands;

/// <summary>The running node that a command is meant for.</summary>
/// <param name="Folder">The absolute path of its folder.</param>
/// <param name="IfAbsent">The sentence for a person where it does not run: how to start it.</param>
internal sealed record AskedNode(string Folder, string IfAbsent)
{
    /// <summary>
    /// The node with the given folder, else the one with the given ID, else the lowest ID of nodes.json that runs.
    /// </summary>
    /// <exception cref="ConfigurationException">Nothing says which node is meant.</exception>
    /// <exception cref="LocalRequestException">None of nodes.json runs.</exception>
    public static AskedNode Find(GivenSettings given, string workingDirectory)
    {
        if (given.Folder is { } folder)
        {
            return new AskedNode(
                Path.GetFullPath(folder, workingDirectory),
                $"No node runs with the folder {folder}; start it with 'p2pnode --id ID --folder {folder}'.");
        }

        var file = NodeSettings.LoadFile(given, workingDirectory);
        if (given.Id is { } id)
        {
            return new AskedNode(
                NodeSettings.FolderOf(id, given, file, workingDirectory),
                $"Node {id} is not running; start it with 'p2pnode --id {id}'.");
        }

        return file is not null
            ? LowestRunning(file, given.Config ?? NodesFile.DefaultName)
            : throw new ConfigurationException(
                "There is no nodes.json here; say which node to ask with --folder or --config.");
    }

    private static AskedNode LowestRunning(NodesFile file, string shownAs)
    {
        if (file.Nodes.FirstOrDefault(node => LocalClient.IsServed(node.Folder)) is { } running)
            return new AskedNode(running.Folder, $"Node {running.Id} has just ended.");
        throw new LocalRequestException(
            ExitCode.NotRunning,
            $"No node of {shownAs} is running; start one with 'p2pnode --id {file.Nodes[0].Id}', or all with 'p2pnode up'.");
    }

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
