using Microsoft.Win32.SafeHandles;

namespace P2PNode.Files;

/// <summary>Replaces small files whole: after a crash or a loss of power either the old content is there or the new.</summary>
public static class AtomicFile
{
    /// <summary>The content is on the disk when this returns.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        var temporary = Beside(path);
        using (var handle = CreateAnew(temporary, FileAccess.Write, FileShare.None))
        {
            RandomAccess.Write(handle, content, 0);
            RandomAccess.FlushToDisk(handle);
        }

        Publish(temporary, path);
    }

    /// <summary>The content is on the disk when this returns.</summary>
    /// <param name="path">What is replaced.</param>
    /// <param name="temporary">Where the new content is made: on the same file system.</param>
    /// <param name="write">Writes the content.</param>
    public static void Write(string path, string temporary, Action<Stream> write)
    {
        using (var stream = new FileStream(CreateAnew(temporary, FileAccess.Write, FileShare.None), FileAccess.Write, 1 << 16))
        {
            write(stream);
            stream.Flush(flushToDisk: true);
        }

        Publish(temporary, path);
    }

    /// <summary>Where a new version is made: beside the old one, as a rename is atomic within one file system only.</summary>
    internal static string Beside(string path) => path + ".new";

    /// <summary>
    /// A new file for its owner alone, in the place of what an interrupted write left. A link that somebody put there
    /// goes too; what it leads to is not touched.
    /// </summary>
    /// <exception cref="IOException">It cannot be made, or a folder is in its place.</exception>
    internal static SafeFileHandle CreateAnew(string path, FileAccess access, FileShare share)
    {
        if (Directory.Exists(path) && new DirectoryInfo(path).LinkTarget is null)
            throw new IOException($"{path} is a folder, where a file should be; move it away.");
        File.Delete(path);
        var handle = File.OpenHandle(path, FileMode.CreateNew, access, share);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(handle, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return handle;
    }

    /// <summary>Puts a written and synced file in its place for good.</summary>
    internal static void Publish(string temporary, string path)
    {
        File.Move(temporary, path, overwrite: true);
        Durable.SyncFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }
}
