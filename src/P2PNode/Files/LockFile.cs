using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace P2PNode.Files;

/// <summary>
/// A file that one process at a time has open. A symbolic link in its place is refused: it would have a file made
/// elsewhere. One that comes between the look and the opening is not noticed; the folders of locks are their user's alone.
/// </summary>
internal static class LockFile
{
    private const int ReadAndWrite = 2;
    private const int LockedOnLinux = 11;
    private const int LockedOnMac = 35;
    private const int SharingViolation = unchecked((int)0x80070020);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>Null where another process has it, or another part of this one.</summary>
    /// <exception cref="IOException">There is a symbolic link, or the file cannot be made.</exception>
    public static FileStream? TryTake(string path)
    {
        FileStatus.RefuseLink(path);
        if (OperatingSystem.IsLinux() && Open(path) is { IsInvalid: false } file)
            return TryLock(file);
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e.HResult is LockedOnLinux or LockedOnMac or SharingViolation)
        {
            return null;
        }
    }

    /// <summary>Waits until nobody else has it.</summary>
    /// <exception cref="IOException">That took too long, or as <see cref="TryTake"/>.</exception>
    public static async Task<FileStream> TakeAsync(string path, TimeSpan patience, TimeProvider clock, CancellationToken stop)
    {
        var began = clock.GetTimestamp();
        while (true)
        {
            if (TryTake(path) is { } taken)
                return taken;
            if (clock.GetElapsedTime(began) >= patience)
                throw new IOException($"{path} has been in use by other processes for {patience.TotalSeconds:0} seconds");
            await Task.Delay(Pause, clock, stop);
        }
    }

    /// <summary>A file that is there already (Linux).</summary>
    private static SafeFileHandle Open(string path) => new(Libc.Open(path, ReadAndWrite | Libc.CloseOnExec), ownsHandle: true);

    /// <summary>
    /// Linux: without an exception. Where thirty nodes that start at once wait for the CA, one for each try takes the
    /// processor from the one that has it.
    /// </summary>
    private static FileStream? TryLock(SafeFileHandle file)
    {
        if (Libc.Lock(file, Libc.LockAtOnce) == 0 || Marshal.GetLastPInvokeError() is not LockedOnLinux)
            return new FileStream(file, FileAccess.ReadWrite); // Some file systems have no locks.
        file.Dispose();
        return null;
    }
}
