using System.Security.Cryptography;

namespace P2PNode.EndToEnd.Kit;

/// <summary>What lies in a folder, one line for each file and each empty folder, in order.</summary>
internal static class Tree
{
    private static readonly string[] Reserved = ["peers", "shared", "peer_files.log", ".p2pnode"];

    /// <summary>Path, size, time to 100 ns, whether it is executable, hash.</summary>
    public static List<string> Read(string folder) =>
        [.. Entries(folder).Select(entry => $"{Outline(folder, entry)} {(entry is FileInfo file ? Hash(file.FullName) : "")}")];

    /// <summary>Whether two trees have the same files, by all that can be seen without reading them.</summary>
    public static bool SameOutline(string one, string other)
    {
        try
        {
            return Entries(one).Select(entry => Outline(one, entry)).SequenceEqual(Entries(other).Select(entry => Outline(other, entry)));
        }
        catch (IOException)
        {
            return false; // Something changed while we looked.
        }
    }

    /// <summary>The hash of each file by its path; what vanishes or comes meanwhile may be there or not.</summary>
    public static IEnumerable<(string Path, string Hash)> Hashes(string folder)
    {
        foreach (var entry in Entries(folder).OfType<FileInfo>())
        {
            string hash;
            try
            {
                hash = Hash(entry.FullName);
            }
            catch (FileNotFoundException)
            {
                continue; // Just replaced.
            }

            yield return (Path.GetRelativePath(folder, entry.FullName), hash);
        }
    }

    public static string Hash(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private static IEnumerable<FileSystemInfo> Entries(string folder) => !Directory.Exists(folder)
        ? []
        : new DirectoryInfo(folder)
            .EnumerateFileSystemInfos()
            .Where(entry => !Reserved.Contains(entry.Name))
            .SelectMany(entry => entry is DirectoryInfo inner ? inner.EnumerateFileSystemInfos("*", SearchOption.AllDirectories).Prepend(inner) : [entry])
            .Where(entry => entry is FileInfo || !Directory.EnumerateFileSystemEntries(entry.FullName).Any())
            .OrderBy(entry => entry.FullName, StringComparer.Ordinal);

    private static string Outline(string folder, FileSystemInfo entry)
    {
        var path = Path.GetRelativePath(folder, entry.FullName);
        return entry is FileInfo file
            ? $"{path} {file.Length} {file.LastWriteTimeUtc.Ticks} {((file.UnixFileMode & UnixFileMode.UserExecute) != 0 ? "x" : "-")}"
            : $"{path}/";
    }
}
