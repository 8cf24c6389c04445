using System.Runtime.InteropServices;
using P2PNode.Core;

namespace P2PNode.Files;

/// <summary>
/// Puts finished copies into their places below peers/, one group at a time. Nothing that the ledger does not know is
/// overwritten, no link is passed: whatever stands in the way goes to the trash.
/// </summary>
internal sealed class CopyPlacement(NodeFolder folder, CopyLedger ledger, Trash trash)
{
    private readonly HashSet<string> _realFolders = new(StringComparer.Ordinal);
    private string? _batch;

    /// <summary>The folders in which names changed.</summary>
    public HashSet<string> Touched { get; } = new(StringComparer.Ordinal);

    /// <summary>Moves a sealed copy from its temporary name to its place.</summary>
    /// <exception cref="IOException">It is not in its place.</exception>
    public void Place(IncomingCopy copy)
    {
        var target = folder.CopyPath(copy.Owner, copy.Entry.Path);
        var parent = Path.GetDirectoryName(target)!;
        MakeFolder(parent);
        if (!TryRenameNew(copy.Temporary, target))
            Replace(copy, target);
        copy.Placed();
        copy.NoteCtime(FileStatus.Of(target).Stamp.CtimeTicks);
        Touched.Add(parent);
    }

    /// <summary>Creates a folder below peers/ with its parents, and moves out of the way what is none.</summary>
    public void MakeFolder(string path)
    {
        if (path.Length <= folder.Root.Length || _realFolders.Contains(path))
            return;
        var parent = Path.GetDirectoryName(path)!;
        MakeFolder(parent);
        var kind = FileStatus.Of(path).Kind;
        if (kind is not (FileKind.Folder or FileKind.Missing))
            trash.Take(path, ref _batch);
        if (kind is not FileKind.Folder)
        {
            Directory.CreateDirectory(path);
            Touched.Add(parent);
        }

        _realFolders.Add(path);
    }

    private static bool TryRenameNew(string from, string to)
    {
        if (OperatingSystem.IsLinux())
        {
            if (Libc.RenameNew(from, to) == 0)
                return true;
            var error = Marshal.GetLastPInvokeError();
            if (error == Libc.Exists)
                return false;
            if (error is not (Libc.InvalidArgument or Libc.NotImplemented))
                throw Libc.Failure(to);
        }

        // File systems without the exclusive rename: the look comes first, and a file that appears in between is lost.
        if (FileStatus.Of(to).Kind is not FileKind.Missing)
            return false;
        File.Move(from, to, overwrite: false);
        return true;
    }

    private void Replace(IncomingCopy copy, string target)
    {
        var status = FileStatus.Of(target);
        if (status.Kind is FileKind.File && ledger.Find(copy.Owner, copy.Entry.Path)?.Is(status) == true)
        {
            File.Move(copy.Temporary, target, overwrite: true);
            return;
        }

        if (Twin(copy) is { } twin)
        {
            throw new CopyException(
                CopyFault.CaseTwin,
                $"it cannot be kept beside {twin}: this file system takes them for one");
        }

        if (status.Kind is not FileKind.Missing)
            trash.Take(target, ref _batch);
        if (!TryRenameNew(copy.Temporary, target))
            throw new IOException($"Something appeared at {target} twice while it was being replaced.");
    }

    /// <summary>
    /// On a file system that folds case: the copy under another spelling that is in the place. Found by its own row, as
    /// the name on the disk tells nothing on systems that fold normal forms as well.
    /// </summary>
    private FilePath? Twin(IncomingCopy copy) => !folder.FoldsCase ? null : ledger.Of(copy.Owner)
        .Select(kept => kept.Entry)
        .Where(entry => !entry.Path.Equals(copy.Entry.Path)
            && entry.Path.Value.Equals(copy.Entry.Path.Value, StringComparison.OrdinalIgnoreCase))
        .Where(entry => FileStatus.Of(folder.CopyPath(copy.Owner, entry.Path)) is var there
            && there == FileStatus.Of(folder.CopyPath(copy.Owner, copy.Entry.Path)))
        .Select(entry => entry.Path)
        .FirstOrDefault();
}
