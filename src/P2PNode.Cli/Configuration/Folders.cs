namespace P2PNode.Cli.Configuration;

/// <summary>Compares folders by their absolute paths, the way the system at hand does.</summary>
internal static class Folders
{
    private static readonly StringComparison Comparison =
        OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;

    public static bool Same(string one, string other) => WithSeparator(one).Equals(WithSeparator(other), Comparison);

    /// <summary>Whether the first lies somewhere below the second.</summary>
    public static bool Within(string inner, string outer) =>
        !Same(inner, outer) && inner.StartsWith(WithSeparator(outer), Comparison);

    private static string WithSeparator(string path) =>
        Path.EndsInDirectorySeparator(path) ? path : path + Path.DirectorySeparatorChar;
}
