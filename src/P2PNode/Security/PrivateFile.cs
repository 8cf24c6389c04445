using System.Text;
using P2PNode.Files;

namespace P2PNode.Security;

/// <summary>Files and folders that nobody but their owner may read, from their first byte on.</summary>
internal static class PrivateFile
{
    private const UnixFileMode FileMode600 = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode FolderMode700 = FileMode600 | UnixFileMode.UserExecute;

    /// <summary>Replaces a file whole; the content is on the disk when this returns.</summary>
    public static void Write(string path, string content)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}";
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
        catch (Exception e) when ((e is IOException && !File.Exists(path)) || Directory.Exists(path))
        {
            return null;
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
