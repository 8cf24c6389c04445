using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace P2PNode.Files;

/// <summary>
/// Opens files below a folder without ever passing a symbolic link, so that no trick with links makes it read what lies
/// elsewhere. Linux does the whole check in one call of the kernel; on other systems a link that is put in place between
/// the check and the opening goes unnoticed.
/// </summary>
public sealed class BeneathFolder : IDisposable
{
    private readonly string _root;
    private readonly SafeFileHandle? _handle;

    public BeneathFolder(string root)
    {
        _root = root;
        _handle = OperatingSystem.IsLinux() ? Durable.OpenFolder(root) : null;
    }

    /// <summary>
    /// False where the folder's path leads to nothing, or to another folder than the one that was opened: it was moved,
    /// replaced or unmounted. Linux only; elsewhere a folder that is open cannot be moved, or it goes unnoticed.
    /// </summary>
    public bool IsInPlace
    {
        get
        {
            try
            {
                // The dot follows a link, which the folder itself may be.
                return _handle is null || Libc.Identity(_handle) == Libc.Identity(Path.Join(_root, "."));
            }
            catch (IOException)
            {
                return false;
            }
        }
    }

    /// <summary>Opens a regular file for reading.</summary>
    /// <param name="relative">'/' separated, without '..'.</param>
    /// <exception cref="FileNotFoundException">Nothing is there, or a link, a folder or a device.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    /// <exception cref="IOException">The disk failed.</exception>
    public OpenedFile OpenRead(string relative)
    {
        var handle = _handle is null ? OpenPortably(relative) : OpenAtOnce(_handle, relative);
        try
        {
            var status = FileStatus.Of(handle);
            return status.Kind is FileKind.File
                ? new OpenedFile(handle, status.Stamp)
                : throw NoFile(relative);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>What is at a path; <see cref="FileKind.Missing"/> also where a part of the path is a link.</summary>
    public FileStatus StatusOf(string relative)
    {
        for (var slash = relative.IndexOf('/'); slash >= 0; slash = relative.IndexOf('/', slash + 1))
        {
            if (Look(relative.AsSpan(0, slash)).Kind is not FileKind.Folder)
                return default;
        }

        return Look(relative);
    }

    /// <summary>The stamp of what is at a path, links among its parts included: only for telling it from another.</summary>
    internal FileStamp StampOf(string relative) => Look(relative).Stamp;

    public void Dispose() => _handle?.Dispose();

    private FileStatus Look(ReadOnlySpan<char> relative) =>
        _handle is null ? FileStatus.Of(Path.Join(_root, relative)) : FileStatus.Of(_handle, relative);

    private SafeFileHandle OpenAtOnce(SafeFileHandle folder, string relative)
    {
        var descriptor = Libc.OpenBeneath(folder, relative, Libc.ReadOnlyFlags);
        if (descriptor >= 0)
            return new SafeFileHandle(descriptor, ownsHandle: true);
        return Marshal.GetLastPInvokeError() switch
        {
            Libc.NotFound or Libc.NotADirectory or Libc.TooManyLinks or Libc.NoDevice => throw NoFile(relative),
            Libc.NotPermitted or Libc.NotImplemented => OpenPortably(relative), // A kernel or sandbox without openat2.
            Libc.AccessDenied => throw new UnauthorizedAccessException($"{relative} may not be read by this user."),
            _ => throw Libc.Failure(relative),
        };
    }

    private SafeFileHandle OpenPortably(string relative) => StatusOf(relative).Kind switch
    {
        FileKind.File => File.OpenHandle(
            Path.Join(_root, relative), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete),
        _ => throw NoFile(relative),
    };

    private static FileNotFoundException NoFile(string relative) => new($"There is no file {relative}.", relative);
}

/// <summary>A file that is open for reading, and its stamp at that moment; a changed stamp means a changed file.</summary>
public sealed record OpenedFile(SafeFileHandle Handle, FileStamp Stamp) : IDisposable
{
    public void Dispose() => Handle.Dispose();
}
