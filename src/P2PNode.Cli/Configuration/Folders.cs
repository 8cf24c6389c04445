namespace P2PNode.Cli.Configuration;

/// <summary>Compares folders by their absolute paths, the way the system at hand does.</summary>
internal static class Folders
{
    public static StringComparer Comparer { get; } =
        OperatingSystem.IsLinux() ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase;

    /// <summary>The folders that one lies in, the nearest first.</summary>
    public static IEnumerable<string> ParentsOf(string folder)
    {
        for (var parent = Path.GetDirectoryName(folder); parent is not null; parent = Path.GetDirectoryName(parent))
            yield return parent;
    }
}
