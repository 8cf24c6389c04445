using P2PNode.Bench.Processes;

namespace P2PNode.Bench.Workloads;

/// <summary>A second folder with the same files: hard links, or copies on another file system.</summary>
internal static class FolderView
{
    public static void Create(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var folder in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories))
            Directory.CreateDirectory(InView(folder));
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            if (!SystemCalls.TryLink(file, InView(file)))
                Copy(file, InView(file));
        }

        string InView(string path) => Path.Combine(to, Path.GetRelativePath(from, path));
    }

    private static void Copy(string file, string to)
    {
        File.Copy(file, to);
        File.SetLastWriteTimeUtc(to, File.GetLastWriteTimeUtc(file));
    }
}
