using P2PNode.Core;
using P2PNode.Node;
using P2PNode.Security;

namespace P2PNode.Cli.Configuration;

/// <summary>
/// Joins what a person gave with nodes.json and the defaults into what a node is told: the command line beats the
/// environment, which beats the file, which beats the default.
/// </summary>
internal static class NodeSettings
{
    /// <summary>So many nodes are named to a person who has to choose one.</summary>
    private const int MostListed = 10;

    /// <summary>The nodes.json to go by; null where none was named and the working directory has none.</summary>
    /// <exception cref="ConfigurationException">It was named and is not there, or it cannot be used.</exception>
    public static NodesFile? LoadFile(GivenSettings given, string workingDirectory)
    {
        var path = Path.GetFullPath(given.Config ?? NodesFile.DefaultName, workingDirectory);
        return given.Config is null && !File.Exists(path)
            ? null
            : NodesFile.Load(path, given.Config ?? NodesFile.DefaultName);
    }

    /// <summary>What the one node is told that a person asked for.</summary>
    /// <param name="id">The node; where <paramref name="given"/> names none, it need not be given an address either.</param>
    /// <param name="given">What the person gave.</param>
    /// <param name="file">nodes.json, if there is one.</param>
    /// <param name="workingDirectory">What relative paths are relative to.</param>
    /// <exception cref="ConfigurationException">A value is missing or cannot be used.</exception>
    public static NodeOptions ForOne(NodeId id, GivenSettings given, NodesFile? file, string workingDirectory)
    {
        var entry = file?.Find(id);
        var folder = FolderOf(id, given, file, workingDirectory);
        var listen = given.Listen ?? entry?.Address;
        if (listen is null && given.Id is not null && !OwnPort.IsKeptIn(folder))
            throw new ConfigurationException(NoAddress(id, file));
        listen ??= new NodeAddress(OwnHost(folder, HomeOf(file, workingDirectory)), 0);
        var nodes = entry is null ? Configured(file).Append(new ConfiguredNode(id, listen)) : Configured(file);
        var self = new NodeEntry(id, listen, folder);
        return Join(given, file, self, [.. nodes.OrderBy(node => node.Id)], workingDirectory);
    }

    /// <summary>What each node of the file is told when all of them run here.</summary>
    public static IReadOnlyList<NodeOptions> ForAll(GivenSettings given, NodesFile file)
    {
        ConfiguredNode[] all = [.. Configured(file)];
        return [.. file.Nodes.Select(node => Join(given, file, node, all, Path.GetDirectoryName(file.Path)!))];
    }

    /// <exception cref="ConfigurationException">A file is in the place of the node's folder.</exception>
    public static void CheckFolder(NodeOptions node)
    {
        if (File.Exists(node.Folder))
        {
            throw new ConfigurationException(
                $"The folder of node {node.Id}, {node.Folder}, is a file; name a folder with --folder.");
        }
    }

    /// <summary>The absolute path of a node's folder, whether or not the file lists the node.</summary>
    public static string FolderOf(NodeId id, GivenSettings given, NodesFile? file, string workingDirectory) =>
        given.Folder is { } folder ? Path.GetFullPath(folder, workingDirectory) : UsualFolderOf(id, file, workingDirectory);

    /// <summary>The same where no other folder is named.</summary>
    public static string UsualFolderOf(NodeId id, NodesFile? file, string workingDirectory) =>
        file?.Find(id)?.Folder ?? NodesFile.DefaultFolder(HomeOf(file, workingDirectory), id);

    /// <summary>What belongs to the network and not to one node lies beside nodes.json.</summary>
    public static string HomeOf(NodesFile? file, string workingDirectory) => Path.GetDirectoryName(file?.Path) ?? workingDirectory;

    /// <summary>Where a node listens that was given no address: where others can reach it, if it has any on other machines.</summary>
    private static string OwnHost(string folder, string home) =>
        Enrolment.SpansMachines(new NetworkFolder(home), IdentityFolder.OfNode(folder)) ? "0.0.0.0" : "127.0.0.1";

    private static IEnumerable<ConfiguredNode> Configured(NodesFile? file) =>
        file?.Nodes.Select(node => new ConfiguredNode(node.Id, node.Address)) ?? [];

    private static NodeOptions Join(
        GivenSettings given, NodesFile? file, NodeEntry self, IReadOnlyList<ConfiguredNode> nodes, string workingDirectory) => new()
        {
            Id = self.Id,
            Folder = self.Folder,
            Listen = self.Address,
            Nodes = nodes,
            Seeds = given.Seeds ?? file?.Seeds ?? [],
            Discover = given.Discover ?? file?.Discover ?? false,
            Copies = given.Copies ?? file?.Copies ?? NodeOptions.DefaultCopies,
            LimitUp = given.LimitUp,
            LimitDown = given.LimitDown,
            MaxPeers = given.MaxPeers ?? file?.MaxPeers ?? NodeOptions.DefaultMaxPeers,
            Intervals = given.IntervalsBeyond(file?.Intervals ?? new()),
            ConfigFile = file?.Path,
            Home = HomeOf(file, workingDirectory),
        };

    /// <summary>What a person is told who named no node, where nothing else does.</summary>
    public static string NoId(NodesFile? file) => file switch
    {
        null => "There is no nodes.json here; say which node to run with --id and --listen HOST:PORT, or where to learn of others with --seed HOST:PORT.",
        { Nodes: [] } => $"{Path.GetFileName(file.Path)} lists no nodes, and nothing says how to find others; add nodes, or give --seed HOST:PORT or --discover.",
        _ => $"Say which node to run with --id, one of {Listed(file)}, or run all with 'p2pnode up'.",
    };

    private static string NoAddress(NodeId id, NodesFile? file) => file is null
        ? $"There is no nodes.json here; say where node {id} listens with --listen HOST:PORT."
        : $"Node {id} is not in nodes.json, which lists {(file.Nodes.Count == 0 ? "no nodes" : Listed(file))}; add it there or give --listen HOST:PORT.";

    private static string Listed(NodesFile file)
    {
        var first = string.Join(", ", file.Nodes.Take(MostListed).Select(node => node.Id));
        return file.Nodes.Count > MostListed ? $"{first} and {file.Nodes.Count - MostListed} more" : first;
    }
}
