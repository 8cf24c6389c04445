using P2PNode.Core;

namespace P2PNode.Files;

/// <summary>
/// Puts finished copies into their places below peers/, one group at a time. Nothing that the ledger does not know is
/// overwritten, no link is passed: whatever stands in the way goes to the trash.
/// </summary>
internal sealed class CopyPlacement(NodeFolder folder, CopyLedger ledger, Trash trash) : IDisposable
{
    private readonly BeneathMoves _moves = new(folder.Files);
    private readonly HashSet<string> _realFolders = new(StringComparer.Ordinal);
    private string? _batch;

    /// <summary>The folders in which names changed, relative to the node's.</summary>
    public HashSet<string> Touched { get; } = new(StringComparer.Ordinal);

    /// <summary>Moves a sealed copy from its temporary name to its place.</summary>
    /// <exception cref="IOException">It is not in its place.</exception>
    public void Place(IncomingCopy copy)
    {
        var target = NodeFolder.CopyName(copy.Owner, copy.Entry.Path);
        var parent = BeneathFolder.ParentOf(target);
        MakeFolder(parent);
        if (!_moves.TryRenameNew(copy.Temporary, target))
            Replace(copy, target);
        copy.Placed();
        copy.NoteCtime(_moves.StatusOf(target).Stamp.CtimeTicks);
        Touched.Add(parent);
    }

    /// <summary>Creates a folder below peers/ with its parents, and moves out of the way what is none.</summary>
    /// <param name="path">Relative to the node's folder.</param>
    public void MakeFolder(string path)
    {
        if (path.Length == 0 || _realFolders.Contains(path))
            return;
        var parent = BeneathFolder.ParentOf(path);
        MakeFolder(parent);
        var kind = folder.Files.StatusOf(path).Kind;
        if (kind is not (FileKind.Folder or FileKind.Missing))
            trash.Take(path, ref _batch);
        if (kind is not FileKind.Folder)
        {
            folder.Files.MakeFolder(path);
            Touched.Add(parent);
        }

        _realFolders.Add(path);
    }

    public void Dispose() => _moves.Dispose();

    private void Replace(IncomingCopy copy, string target)
    {
        var status = folder.Files.StatusOf(target);
        if (status.Kind is FileKind.File && ledger.Find(copy.Owner, copy.Entry.Path)?.Is(status) == true)
        {
            folder.Files.Rename(copy.Temporary, target);
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
        if (!folder.Files.TryRenameNew(copy.Temporary, target))
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
        .Where(entry => folder.Files.StatusOf(NodeFolder.CopyName(copy.Owner, entry.Path))
            == folder.Files.StatusOf(NodeFolder.CopyName(copy.Owner, copy.Entry.Path)))
        .Select(entry => entry.Path)
        .FirstOrDefault();
}
