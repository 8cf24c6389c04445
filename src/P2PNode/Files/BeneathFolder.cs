using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace P2PNode.Files;

/// <summary>
/// All that lies below a folder, without ever passing a symbolic link, so that no trick with links makes it read or change
/// what lies elsewhere. Linux does the whole check in one call of the kernel. On other systems each part of a path is
/// looked at, and again when the file is open: a link that comes and goes in between is not noticed.
/// </summary>
public sealed partial class BeneathFolder : IDisposable
{
    private readonly string _root;
    private readonly SafeFileHandle? _handle;

    /// <summary>Null where paths have to be looked at part by part.</summary>
    private readonly SafeFileHandle? _resolver;

    public BeneathFolder(string root)
        : this(root, isPortable: !OperatingSystem.IsLinux())
    {
    }

    /// <param name="root">Absolute.</param>
    /// <param name="isPortable">Whether to do without what only Linux has.</param>
    internal BeneathFolder(string root, bool isPortable)
    {
        _root = root;
        _handle = isPortable ? null : Durable.OpenFolder(root);
        _resolver = _handle is not null && Resolves(_handle) ? _handle : null;
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
        var handle = _resolver is null ? OpenPortably(relative) : OpenAtOnce(_resolver, relative);
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

    private static SafeFileHandle OpenAtOnce(SafeFileHandle folder, string relative)
    {
        var descriptor = Libc.OpenBeneath(folder, relative, Libc.ReadOnlyFlags);
        if (descriptor >= 0)
            return new SafeFileHandle(descriptor, ownsHandle: true);
        return Marshal.GetLastPInvokeError() switch
        {
            Libc.NotFound or Libc.NotADirectory or Libc.TooManyLinks or Libc.NoDevice => throw NoFile(relative),
            Libc.AccessDenied => throw new UnauthorizedAccessException($"{relative} may not be read by this user."),
            _ => throw Libc.Failure(relative),
        };
    }

    private SafeFileHandle OpenPortably(string relative)
    {
        if (StatusOf(relative).Kind is not FileKind.File)
            throw NoFile(relative);
        var handle = File.OpenHandle(
            Path.Join(_root, relative), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (StatusOf(relative) is { Kind: FileKind.File } there && there.Stamp.Inode == FileStatus.Of(handle).Stamp.Inode)
            return handle;
        handle.Dispose();
        throw NoFile(relative);
    }

    /// <summary>Whether the kernel, and a sandbox around this process, have the call that opens below a folder.</summary>
    private static bool Resolves(SafeFileHandle folder)
    {
        var descriptor = Libc.OpenBeneath(folder, ".", Libc.NameOnlyFlags);
        if (descriptor >= 0)
            new SafeFileHandle(descriptor, ownsHandle: true).Dispose();
        return descriptor >= 0 || Marshal.GetLastPInvokeError() is not (Libc.NotPermitted or Libc.NotImplemented);
    }

    private static FileNotFoundException NoFile(string relative) => new($"There is no file {relative}.", relative);
}

/// <summary>A file that is open for reading, and its stamp at that moment; a changed stamp means a changed file.</summary>
public sealed record OpenedFile(SafeFileHandle Handle, FileStamp Stamp) : IDisposable
{
    public void Dispose() => Handle.Dispose();
}
