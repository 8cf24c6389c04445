using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace P2PNode.Files;

/// <summary>What a path leads to. Links are not followed.</summary>
public enum FileKind
{
    Missing = 0,
    File,
    Folder,
    SymbolicLink,

    /// <summary>A device, a socket, a named pipe.</summary>
    Special,
}

/// <summary>What the file system says of a file without reading it; equal stamps are taken for equal contents.</summary>
/// <param name="Size">Bytes.</param>
/// <param name="MtimeTicks">Time of the last change in ticks of 100 ns since 0001-01-01 UTC.</param>
/// <param name="Inode">Tells a file that was replaced from one that stayed; 0 where the platform has none.</param>
/// <param name="Executable">Whether its owner may execute it.</param>
/// <param name="CtimeTicks">
/// When anything of the file was changed last, its mode, its links and its name included: unlike the time of its content
/// no program can set it. 0 where it is not known.
/// </param>
public readonly record struct FileStamp(long Size, long MtimeTicks, ulong Inode, bool Executable, long CtimeTicks = 0)
{
    /// <summary>Whether two times of the last change are one, as far as both are known.</summary>
    public static bool IsOneCtime(long one, long other) => one == other || one == 0 || other == 0;
}

/// <summary>Kind and stamp of whatever is at a path, by one call of the system.</summary>
public readonly record struct FileStatus(FileKind Kind, FileStamp Stamp)
{
    private const int TypeMask = 0xF000;
    private const int OwnerExecutes = 0x40;

    /// <exception cref="IOException">The system could not say, for another reason than that nothing is there.</exception>
    public static FileStatus Of(ReadOnlySpan<char> path) =>
        OperatingSystem.IsLinux() ? AtOnce(folder: null, path) : Portable(path.ToString());

    /// <exception cref="IOException">There is a symbolic link, where the program needs a file.</exception>
    internal static void RefuseLink(string path)
    {
        if (Of(path).Kind is FileKind.SymbolicLink)
            throw new IOException($"{path} is a symbolic link, where a file should be; move it away.");
    }

    /// <summary>Linux: what is below an open folder, wherever that is by now.</summary>
    /// <exception cref="IOException">The system could not say.</exception>
    public static FileStatus Of(SafeFileHandle folder, ReadOnlySpan<char> relative) => AtOnce(folder, relative);

    /// <exception cref="IOException">The system could not say.</exception>
    public static FileStatus Of(SafeFileHandle handle)
    {
        if (OperatingSystem.IsLinux())
            return Libc.Stat(handle, out var status) == 0 ? From(status) : throw Libc.Failure("open file");
        var executable = !OperatingSystem.IsWindows() && IsExecutable(File.GetUnixFileMode(handle));
        return new(FileKind.File, new(RandomAccess.GetLength(handle), File.GetLastWriteTimeUtc(handle).Ticks, 0, executable));
    }

    private static FileStatus AtOnce(SafeFileHandle? folder, ReadOnlySpan<char> path)
    {
        var length = Encoding.UTF8.GetMaxByteCount(path.Length) + 1;
        byte[]? rented = null;
        var name = length <= 1024 ? stackalloc byte[1024] : rented = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            name[Encoding.UTF8.GetBytes(path, name)] = 0;
            var failed = folder is null ? Libc.Stat(name, out var status) : Libc.Stat(folder, name, out status);
            if (failed == 0)
                return From(status);
            return Marshal.GetLastPInvokeError() is Libc.NotFound or Libc.NotADirectory
                ? default
                : throw Libc.Failure(path.ToString());
        }
        finally
        {
            if (rented is not null)
                ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static FileStatus From(in Libc.Statx status)
    {
        var kind = (status.Mode & TypeMask) switch
        {
            0x8000 => FileKind.File,
            0x4000 => FileKind.Folder,
            0xA000 => FileKind.SymbolicLink,
            _ => FileKind.Special,
        };
        var mtime = Ticks(status.MtimeSeconds, status.MtimeNanoseconds);
        var ctime = Ticks(status.CtimeSeconds, status.CtimeNanoseconds);
        return new(kind, new(status.Size, mtime, status.Inode, (status.Mode & OwnerExecutes) != 0, ctime));
    }

    private static long Ticks(long seconds, uint nanoseconds) =>
        DateTime.UnixEpoch.Ticks + seconds * TimeSpan.TicksPerSecond + nanoseconds / 100;

    private static FileStatus Portable(string path)
    {
        var info = new FileInfo(path);
        if ((int)info.Attributes == -1)
            return default;
        if (info.LinkTarget is not null)
            return new(FileKind.SymbolicLink, default);
        if (info.Attributes.HasFlag(FileAttributes.Directory))
            return new(FileKind.Folder, default);
        if (info.Attributes.HasFlag(FileAttributes.Device))
            return new(FileKind.Special, default);
        var executable = !OperatingSystem.IsWindows() && IsExecutable(info.UnixFileMode);
        return new(FileKind.File, new(info.Length, info.LastWriteTimeUtc.Ticks, 0, executable));
    }

    private static bool IsExecutable(UnixFileMode mode) => mode.HasFlag(UnixFileMode.UserExecute);
}
