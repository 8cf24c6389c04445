using P2PNode.Core;
using P2PNode.Node;

namespace P2PNode.Cli.Configuration;

/// <summary>nodes.json as it was read, with all rules checked. What it left out is null or empty.</summary>
internal sealed record NodesFile
{
    /// <summary>The name that is looked for where a person named none.</summary>
    public const string DefaultName = "nodes.json";

    /// <summary>The absolute path of the file.</summary>
    public required string Path { get; init; }

    /// <summary>Ascending by ID; none where others are found in other ways.</summary>
    public required IReadOnlyList<NodeEntry> Nodes { get; init; }

    public IReadOnlyList<NodeAddress> Seeds { get; init; } = [];

    public bool? Discover { get; init; }

    public int? Copies { get; init; }

    public int? MaxPeers { get; init; }

    /// <summary>The usual ones where the file says nothing else.</summary>
    public Intervals Intervals { get; init; } = new();

    /// <param name="path">The absolute path of the file.</param>
    /// <param name="shownAs">What complaints call it.</param>
    /// <exception cref="ConfigurationException">It cannot be read or breaks rules; all of them are listed.</exception>
    public static NodesFile Load(string path, string shownAs)
    {
        if (Directory.Exists(path))
            throw new ConfigurationException($"{shownAs} is a folder; name the file in it with --config.");
        try
        {
            return NodesFileReader.Read(File.ReadAllBytes(path), path, shownAs);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ConfigurationException($"There is no file {shownAs}; name the right one with --config.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"{shownAs} cannot be read: {e.Message}");
        }
    }

    public NodeEntry? Find(NodeId id) => Nodes.FirstOrDefault(node => node.Id == id);

    /// <summary>The folder of a node that names none: NODE and its ID, beside the file.</summary>
    public static string DefaultFolder(string directory, NodeId id) => System.IO.Path.Combine(directory, $"NODE{id}");
}

/// <summary>One node of nodes.json.</summary>
/// <param name="Id">Unique in the file.</param>
/// <param name="Address">Where it listens; unique in the file.</param>
/// <param name="Folder">An absolute path; neither equal to nor inside that of another node.</param>
internal sealed record NodeEntry(NodeId Id, NodeAddress Address, string Folder);
