using System.Text;
using P2PNode.Files;

namespace P2PNode.Security;

/// <summary>Files and folders that nobody but their owner may read, from their first byte on.</summary>
internal static class PrivateFile
{
    private const UnixFileMode FileMode600 = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly TimeSpan LongestWork = TimeSpan.FromMinutes(1);

    private const UnixFileMode FolderMode700 = FileMode600 | UnixFileMode.UserExecute;

    /// <summary>Replaces a file whole; the content is on the disk when this returns.</summary>
    public static void Write(string path, string content)
    {
        var temporary = Beside(path);
        try
        {
            WriteNew(temporary, content);
            AtomicFile.Publish(temporary, path);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>A name for what is to come into a place by a rename, which nobody else takes.</summary>
    public static string Beside(string path) => $"{path}.{Guid.NewGuid():N}";

    /// <summary>Deletes what processes that were killed have left <see cref="Beside"/> anything in a folder.</summary>
    public static void ClearLeftovers(string folder, TimeProvider clock)
    {
        if (!Directory.Exists(folder))
            return;
        var atWork = (clock.GetUtcNow() - LongestWork).UtcDateTime; // Another process may be about to rename its own.
        foreach (var left in new DirectoryInfo(folder).EnumerateFileSystemInfos().Where(left => IsBeside(left.Name) && left.LastWriteTimeUtc < atWork))
        {
            try
            {
                if (left is DirectoryInfo tree)
                    tree.Delete(recursive: true);
                else
                    left.Delete();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                continue; // Another process clears up too, or may.
            }
        }
    }

    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, FolderMode700);
    }

    /// <summary>Null where there is none.</summary>
    /// <exception cref="KeyException">It cannot be read, nor be seen whether there is one.</exception>
    public static string? TryRead(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException || (e is IOException && !File.Exists(path)) || Directory.Exists(path))
        {
            return null; // Another node may make it at this moment: then it was not there when it was asked for.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KeyException($"{path} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>The text of a private key; null where there is none.</summary>
    /// <param name="path">The file.</param>
    /// <param name="remedy">What to do where somebody else may have read it.</param>
    /// <exception cref="KeyException">It cannot be read, or others than its owner can read it.</exception>
    public static string? TryReadKey(string path, string remedy)
    {
        var text = TryRead(path);
        if (text is not null && !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~FolderMode700) != 0)
            throw new KeyException($"{path} is a private key that other users can reach, and is not used; run 'chmod 600 {path}', and if somebody else may have read it, {remedy}.");
        return text;
    }

    private static bool IsBeside(string name) => name.LastIndexOf('.') is > 0 and var dot && Guid.TryParseExact(name.AsSpan(dot + 1), "N", out _);

    private static void WriteNew(string path, string content)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = FileMode600;
        using var file = new FileStream(path, options);
        file.Write(Encoding.UTF8.GetBytes(content));
        file.Flush(flushToDisk: true);
    }
}
