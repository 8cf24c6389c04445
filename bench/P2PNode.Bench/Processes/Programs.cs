namespace P2PNode.Bench.Processes;

/// <summary>Programs that may be installed on this machine.</summary>
internal static class Programs
{
    /// <summary>Where servers lie that the path of a user often lacks.</summary>
    private static readonly string[] More = ["/usr/sbin", "/sbin"];

    /// <summary>The full path, or null where it is not installed.</summary>
    public static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .Concat(More)
            .Where(folder => folder.Length > 0)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);

    /// <summary>A sentence that names what of this is not installed, or null.</summary>
    public static string? Missing(params IEnumerable<string> names)
    {
        var missing = names.Where(name => Find(name) is null).ToList();
        return missing.Count == 0 ? null : $"{string.Join(" and ", missing)} is not installed";
    }
}
