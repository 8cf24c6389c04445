using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace P2PNode.Files;

/// <summary>Makes changes of folders outlast a loss of power; .NET does so for files only.</summary>
internal static class Durable
{
    /// <summary>Writes the names in a folder to the disk. Windows has no such call and does it by itself.</summary>
    /// <exception cref="IOException">The disk failed; what was not yet on it may be lost.</exception>
    public static void SyncFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        using var handle = OpenFolder(folder);
        if (Libc.Sync(handle) != 0)
            throw Libc.Failure(folder);
    }

    /// <summary>Writes the content of a closed file to the disk.</summary>
    /// <inheritdoc cref="SyncFolder" path="/exception"/>
    public static void SyncFile(string path)
    {
        var access = OperatingSystem.IsWindows() ? FileAccess.ReadWrite : FileAccess.Read;
        using var file = File.OpenHandle(path, FileMode.Open, access, FileShare.ReadWrite | FileShare.Delete);
        RandomAccess.FlushToDisk(file);
    }

    /// <summary>Writes all that is dirty on a file system to the disk, at a fraction of the cost of many single files.</summary>
    /// <param name="folder">Opened before the writing began: failures since then are told, once.</param>
    /// <inheritdoc cref="SyncFolder" path="/exception"/>
    [SupportedOSPlatform("linux")]
    public static void SyncFileSystem(SafeFileHandle folder)
    {
        if (Libc.SyncFileSystem(folder) != 0)
            throw Libc.Failure("file system");
    }

    /// <summary>Has the disk begin to write what is dirty of a file; a hint, where the system takes it.</summary>
    public static void StartWriteBack(SafeFileHandle file)
    {
        if (OperatingSystem.IsLinux())
            _ = Libc.SyncFileRange(file, 0, 0, Libc.StartWriting);
    }

    /// <summary>Takes away the room of a stretch of a file, which then reads as zeros. False where the system cannot.</summary>
    public static bool TryPunchHole(SafeFileHandle file, long offset, long length) =>
        OperatingSystem.IsLinux() && (length == 0 || Libc.Allocate(file, Libc.PunchHole | Libc.KeepSize, offset, length) == 0);

    /// <summary>A handle of a folder, which .NET itself refuses to open. Not for Windows.</summary>
    public static SafeFileHandle OpenFolder(string folder)
    {
        var closeOnExec = OperatingSystem.IsLinux() ? 0x80000 : 0x1000000;
        var descriptor = Libc.Open(folder, closeOnExec);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw Libc.Failure(folder);
    }
}
