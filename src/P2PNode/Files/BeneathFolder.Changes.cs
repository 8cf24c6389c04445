using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace P2PNode.Files;

/// <summary>Changes of what lies below the folder. All paths are relative and '/' separated, without '..'.</summary>
public sealed partial class BeneathFolder
{
    /// <summary>Creates a file for reading and writing.</summary>
    /// <param name="relative">Where nothing is yet.</param>
    /// <param name="room">How many bytes to take beforehand, where the file system can.</param>
    /// <exception cref="IOException">Something is there already, its folder is none, or the disk is full.</exception>
    internal SafeFileHandle Create(string relative, long room = 0)
    {
        if (_resolver is null)
            return Opened(relative, File.OpenHandle(Checked(relative), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read, preallocationSize: room));
        var file = OpenAt(relative, Libc.CreateFlags, Libc.FileMode);
        if (room > 0 && Libc.Allocate(file, 0, 0, room) != 0 && Marshal.GetLastPInvokeError() is Libc.NoSpace or Libc.QuotaExceeded or Libc.TooLarge)
        {
            var failure = Failure(relative);
            file.Dispose();
            Delete(relative);
            throw failure;
        }

        return file;
    }

    /// <summary>Opens a file for reading and writing, alone; null where nothing is.</summary>
    /// <exception cref="IOException">It is no file, its folder is none, or somebody has it open in this way.</exception>
    internal SafeFileHandle? OpenAlone(string relative)
    {
        var kind = StatusOf(relative).Kind;
        if (kind is FileKind.Missing)
            return null;
        if (kind is not FileKind.File)
            throw new IOException($"There is no file in the place {relative}, but something else.");
        if (_resolver is null)
            return Opened(relative, File.OpenHandle(Checked(relative), FileMode.Open, FileAccess.ReadWrite, FileShare.None));
        var file = OpenAt(relative, Libc.WriteFlags);
        try
        {
            return LockAlone(relative, file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Keeps others from opening a file with <see cref="OpenAlone"/>, as far as the system can.</summary>
    internal SafeFileHandle LockAlone(string relative, SafeFileHandle file)
    {
        if (_resolver is not null && Libc.Lock(file, Libc.LockAtOnce) != 0 && Marshal.GetLastPInvokeError() is Libc.TryAgain)
            throw new IOException($"{relative} is in use.");
        return FileStatus.Of(file).Kind is FileKind.File ? file : throw NoFile(relative);
    }

    /// <summary>Renames, but replaces nothing: false where something is in the way.</summary>
    /// <exception cref="IOException">It could not be renamed, and is where it was.</exception>
    internal bool TryRenameNew(string from, string to)
    {
        if (_resolver is not null)
        {
            using var source = OpenParent(from, out var old);
            using var target = OpenParent(to, out var name);
            if (Libc.Rename(source, old, target, name, Libc.RenameNoReplace) == 0)
                return true;
            var error = Marshal.GetLastPInvokeError();
            if (error is Libc.Exists)
                return false;
            if (error is not (Libc.InvalidArgument or Libc.NotImplemented))
                throw Failure(to);
        }

        // File systems without the exclusive rename: the look comes first, and a file that appears in between is lost.
        if (StatusOf(to).Kind is not FileKind.Missing)
            return false;
        Rename(from, to);
        return true;
    }

    /// <summary>Renames; a file that is in the way is replaced.</summary>
    /// <inheritdoc cref="TryRenameNew" path="/exception"/>
    internal void Rename(string from, string to)
    {
        if (_resolver is null)
        {
            if (StatusOf(from).Kind is FileKind.Folder)
                Directory.Move(Checked(from), Checked(to));
            else
                File.Move(Checked(from), Checked(to), overwrite: true);
            return;
        }

        using var source = OpenParent(from, out var old);
        using var target = OpenParent(to, out var name);
        if (Libc.Rename(source, old, target, name) != 0)
            throw Failure(to);
    }

    /// <summary>Deletes a file or a link, if there is one.</summary>
    /// <exception cref="IOException">It is there still.</exception>
    internal void Delete(string relative)
    {
        if (_resolver is null)
        {
            File.Delete(Checked(relative));
            return;
        }

        using var folder = OpenParent(relative, out var name);
        if (Libc.Delete(folder, name, 0) != 0 && Marshal.GetLastPInvokeError() is not Libc.NotFound)
            throw Failure(relative);
    }

    /// <summary>Deletes a folder.</summary>
    /// <exception cref="IOException">It is not empty, or not there.</exception>
    internal void DeleteFolder(string relative)
    {
        if (_resolver is null)
        {
            if (StatusOf(relative).Kind is not FileKind.Folder)
                throw new DirectoryNotFoundException($"There is no folder {relative}.");
            Directory.Delete(Checked(relative), recursive: false);
            return;
        }

        using var folder = OpenParent(relative, out var name);
        if (Libc.Delete(folder, name, Libc.DeletesFolder) != 0)
            throw Failure(relative);
    }

    /// <summary>Creates a folder in one that is there, unless there is something of that name.</summary>
    /// <exception cref="IOException">It could not be created.</exception>
    internal void MakeFolder(string relative)
    {
        if (_resolver is null)
        {
            Directory.CreateDirectory(Checked(relative));
            return;
        }

        using var folder = OpenParent(relative, out var name);
        if (Libc.MakeFolder(folder, name, Libc.FolderMode) != 0 && Marshal.GetLastPInvokeError() is not Libc.Exists)
            throw Failure(relative);
    }

    /// <summary>Writes the names in a folder to the disk; "" is the root.</summary>
    /// <exception cref="IOException">The disk failed, or there is no such folder.</exception>
    internal void SyncFolder(string relative)
    {
        if (_resolver is null)
        {
            Durable.SyncFolder(relative.Length == 0 ? _root : Checked(relative));
            return;
        }

        using var folder = OpenAt(relative.Length == 0 ? "." : relative, Libc.ReadOnlyFlags);
        if (Libc.Sync(folder) != 0)
            throw Failure(relative);
    }

    /// <summary>Writes the content of a closed file to the disk.</summary>
    /// <inheritdoc cref="SyncFolder" path="/exception"/>
    internal void SyncFile(string relative)
    {
        if (OperatingSystem.IsWindows())
        {
            Durable.SyncFile(Checked(relative));
            return;
        }

        using var file = OpenRead(relative);
        RandomAccess.FlushToDisk(file.Handle);
    }

    /// <summary>Whether <see cref="OpenFolder"/> is to be had: what it opens stays the same folder, whatever becomes of its path.</summary>
    internal bool KeepsOpen => _resolver is not null;

    /// <summary>Opens a folder to name what lies in it; "" is the root.</summary>
    /// <exception cref="IOException">There is none, or a link in its path.</exception>
    internal SafeFileHandle OpenFolder(string relative) => OpenAt(relative.Length == 0 ? "." : relative, Libc.NameOnlyFlags);

    /// <summary>The folder that something lies in; "" is the root.</summary>
    internal static string ParentOf(string relative) => relative[..Math.Max(0, relative.LastIndexOf('/'))];

    private SafeFileHandle OpenParent(string relative, out string name)
    {
        var parent = ParentOf(relative);
        name = parent.Length == 0 ? relative : relative[(parent.Length + 1)..];
        return OpenFolder(parent);
    }

    private SafeFileHandle OpenAt(string relative, ulong flags, ulong mode = 0)
    {
        var descriptor = Libc.OpenBeneath(_resolver!, relative, flags, mode);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw Failure(relative);
    }

    private IOException Failure(string relative) => Libc.Failure(Path.Join(_root, relative));

    /// <summary>The full path of something that lies in a folder, not behind a link.</summary>
    private string Checked(string relative)
    {
        var parent = ParentOf(relative);
        return parent.Length == 0 || StatusOf(parent).Kind is FileKind.Folder
            ? Path.Join(_root, relative)
            : throw new DirectoryNotFoundException($"There is no folder {parent}.");
    }

    /// <summary>Looks once more at the path that led to an open file.</summary>
    private SafeFileHandle Opened(string relative, SafeFileHandle file)
    {
        if (StatusOf(relative).Kind is FileKind.File)
            return file;
        file.Dispose();
        throw NoFile(relative);
    }
}
