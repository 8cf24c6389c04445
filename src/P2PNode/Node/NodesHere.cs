using P2PNode.Core;

namespace P2PNode.Node;

/// <summary>The folders of nodes that lie directly in one folder, as what is in them tells.</summary>
public static class NodesHere
{
    private const string Prefix = "NODE";

    /// <summary>Every folder in which a node or a seed keeps state, the folder itself first if it is one, then by name.</summary>
    /// <param name="directory">The folder of nodes.json, or the working directory where there is none.</param>
    public static IReadOnlyList<string> Folders(string directory)
    {
        try
        {
            return [.. Directory.EnumerateDirectories(directory).Order(StringComparer.Ordinal).Prepend(directory).Where(HoldsState)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return HoldsState(directory) ? [directory] : []; // Others in it are found by whoever names them.
        }
    }

    /// <summary>Whether a node has run in a folder.</summary>
    public static bool HasRunIn(string folder) => File.Exists(FolderOwner.File(folder).Path);

    /// <summary>The nodes whose folders bear the names that are given to them here, ascending.</summary>
    /// <inheritdoc cref="Folders" path="/param"/>
    internal static IReadOnlyList<NodeId> Numbered(string directory) =>
        [.. Folders(directory).Select(NumberOf).OfType<NodeId>().Order()];

    private static NodeId? NumberOf(string folder) =>
        Path.GetFileName(folder) is var name && name.StartsWith(Prefix, StringComparison.Ordinal) && NodeId.TryParse(name[Prefix.Length..], out var id) && name == $"{Prefix}{id}" ? id : null;

    private static bool HoldsState(string folder) => Directory.Exists(Path.Combine(folder, ".p2pnode"));
}
