namespace P2PNode.Cli.Typing;

/// <summary>Files and folders of this machine, for completion.</summary>
internal static class LocalPaths
{
    /// <summary>More are of no help to a person.</summary>
    private const int Most = 200;

    /// <summary>The paths that begin with a text, in the order of their names; folders end with '/'. Hidden ones only where the name begins with a dot.</summary>
    public static IEnumerable<string> StartingWith(string text, string workingDirectory)
    {
        var folder = text[..(text.LastIndexOf('/') + 1)];
        var name = text[folder.Length..];
        try
        {
            return [.. new DirectoryInfo(Path.GetFullPath(folder, workingDirectory)).EnumerateFileSystemInfos()
                .Where(one => one.Name.StartsWith(name, StringComparison.Ordinal) && (name.StartsWith('.') || !one.Name.StartsWith('.')))
                .Take(Most)
                .Select(one => folder + one.Name + (Directory.Exists(one.FullName) ? "/" : ""))
                .Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return []; // There is no such folder, or none that may be looked into.
        }
    }
}
