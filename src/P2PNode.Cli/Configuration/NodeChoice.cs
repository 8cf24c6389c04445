using P2PNode.Core;
using P2PNode.Node;
using P2PNode.Security;

namespace P2PNode.Cli.Configuration;

/// <summary>Which node a start is meant for, where nothing need have numbered it (design 4, Without --id).</summary>
internal sealed class NodeChoice(GivenSettings given, NodesFile? file, string workingDirectory)
{
    /// <summary>The nodes that were started here without an ID.</summary>
    public NodeHomes Homes { get; } = new(NodeSettings.HomeOf(file, workingDirectory), id => NodeSettings.FolderOf(id, given, file, workingDirectory), id => file?.Find(id) is not null);

    /// <summary>
    /// The node that --id names, else the one whose folder --folder names, else one that was started here before and does
    /// not run, else a new one with a random ID.
    /// </summary>
    /// <returns>To be held for as long as the node runs, so that no other start takes the same node.</returns>
    /// <exception cref="ConfigurationException">Nothing says how the node is to find others: that is more likely a mistake.</exception>
    /// <exception cref="NodeStartException">What is remembered here cannot be used.</exception>
    public async Task<NodeHome> TakeAsync(TimeProvider clock, CancellationToken stop)
    {
        if (given.Id is { } id)
            return NodeHome.Named(id);
        if (given.Folder is { } folder)
            return NodeHome.Named(OwnerOf(Path.GetFullPath(folder, workingDirectory)) ?? RandomNodeId.Choose(IsTaken));
        return FindsOthers ? await Homes.TakeAsync(IsTaken, clock, stop) : throw new ConfigurationException(NodeSettings.NoId(file));
    }

    private bool FindsOthers =>
        given.Listen is not null
        || (given.Seeds ?? file?.Seeds) is { Count: > 0 }
        || (given.Discover ?? file?.Discover) is true;

    private NodeId? OwnerOf(string folder) =>
        FolderOwner.Find(folder) ?? file?.Nodes.FirstOrDefault(node => Folders.Comparer.Equals(Path.TrimEndingDirectorySeparator(node.Folder), Path.TrimEndingDirectorySeparator(folder)))?.Id;

    private bool IsTaken(NodeId id) => file?.Find(id) is not null || IsCertified(id);

    private bool IsCertified(NodeId id) =>
        new NetworkFolder(NodeSettings.HomeOf(file, workingDirectory)).HasCertified(id);
}
