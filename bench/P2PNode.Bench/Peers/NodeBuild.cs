using System.Diagnostics;
using P2PNode.Bench.Processes;

namespace P2PNode.Bench.Peers;

/// <summary>
/// Publishes the program as anybody would, so that it is measured as it is shipped. It builds a copy of the sources, as
/// what a person builds meanwhile must not be disturbed.
/// </summary>
internal static class NodeBuild
{
    private static readonly string[] Needed =
        ["Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props", "BannedSymbols.txt", "global.json", ".editorconfig"];

    /// <returns>The executable.</returns>
    /// <exception cref="RunFailedException">There are no sources here, or they do not build.</exception>
    public static async Task<string> PublishAsync(string folder, CancellationToken stop)
    {
        var root = FindSources();
        var copy = Path.Combine(folder, "sources");
        CopySources(root, copy);
        var published = Path.Combine(folder, "published");
        var start = new ProcessStartInfo(
            "dotnet",
            ["publish", "src/P2PNode.Cli", "-c", "Release", "-o", published])
        {
            WorkingDirectory = copy,
        };
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using var roles = new Roles();
        await roles.Start(Roles.Owner, start).SucceedAsync(stop);
        return Path.Combine(published, "p2pnode");
    }

    private static string FindSources()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "P2PNode.sln")))
                return folder;
        }

        throw new RunFailedException("The sources of p2pnode are not above this program; say --p2pnode FILE.");
    }

    private static void CopySources(string root, string copy)
    {
        Directory.CreateDirectory(copy);
        foreach (var name in Needed)
            File.Copy(Path.Combine(root, name), Path.Combine(copy, name));
        foreach (var file in Directory.EnumerateFiles(Path.Combine(root, "src"), "*", SearchOption.AllDirectories))
        {
            var to = Path.Combine(copy, Path.GetRelativePath(root, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }
    }
}
