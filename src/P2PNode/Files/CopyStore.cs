using Microsoft.Win32.SafeHandles;
using P2PNode.Core;
using P2PNode.Core.Catalogue;
using Serilog;

namespace P2PNode.Files;

/// <summary>
/// The copies of other nodes' files that this node keeps below peers/. A copy is received under a temporary name, verified,
/// brought to the disk, renamed into its place and entered into a ledger, so that after a crash at any moment each file
/// there is whole. Safe for several threads.
/// </summary>
public sealed partial class CopyStore : IDisposable
{
    /// <summary>From so many files on, one sync of the whole file system is cheaper than one for each file.</summary>
    private const int SyncTogetherFrom = 16;

    /// <summary>From this size on the room is taken beforehand, which keeps a file in one piece on the disk.</summary>
    private const long PreallocateFrom = 1 << 20;

    /// <summary>Below this size the free room is not asked for: a full disk shows when the file is written.</summary>
    private const long AskRoomFrom = 1 << 20;

    /// <summary>The number of a copy that its owner no longer lists though it never deleted it; see <see cref="Keep"/>.</summary>
    public const long KeptSeq = 0;

    private readonly Lock _gate = new();
    private readonly NodeFolder _folder;
    private readonly CopyLedger _ledger;
    private readonly Trash _trash;
    private readonly ILogger _log;
    private readonly TrashedContents _trashed = new();
    private readonly PartialFiles _partial;
    private readonly SafeFileHandle? _fileSystem;

    /// <summary>Where files lie in memory, to take the room of one means to write it once more.</summary>
    private readonly bool _isMemory;
    private long _temporaries;
    private int _failedSyncs;
    private volatile bool _hasDoubts;

    private CopyStore(NodeFolder folder, CopyLedger ledger, Trash trash, ILogger log)
    {
        (_folder, _ledger, _trash, _log) = (folder, ledger, trash, log);
        _partial = new PartialFiles(folder);

        // Opened before anything is written: syncfs reports the failures since its handle was opened.
        _fileSystem = OperatingSystem.IsLinux() ? Durable.OpenFolder(folder.Temporary) : null;
        _isMemory = new DriveInfo(folder.Temporary).DriveFormat is "tmpfs" or "ramfs";
    }

    /// <summary>
    /// Copies of a node's files are found to be missing, or changed by others, or were discarded; raised on any thread,
    /// under no lock of this one.
    /// </summary>
    public event Action<NodeId, IReadOnlyList<FilePath>>? Lost;

    /// <summary>Every node of whose files there is a copy.</summary>
    public IReadOnlyList<NodeId> Owners => _ledger.Owners;

    /// <summary>Loads the ledger and strikes what is no longer in its place as it was put there.</summary>
    public static CopyStore Open(NodeFolder folder, Trash trash, ILogger log)
    {
        var ledger = CopyLedger.Open(folder, log);
        var store = new CopyStore(folder, ledger, trash, log);
        try
        {
            store._hasDoubts = store.Look(CancellationToken.None).Count > 0;
            ledger.Compact();
            return store;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>The copy in its place, as its owner offered it then; null where there is none.</summary>
    public FileEntry? Find(NodeId owner, FilePath path) => _ledger.Find(owner, path)?.Entry;

    /// <summary>All copies of one node's files.</summary>
    public IReadOnlyList<FileEntry> CopiesOf(NodeId owner) => [.. _ledger.Of(owner).Select(copy => copy.Entry)];

    /// <summary>Whether anything of this owner's may lie here, be it in the ledger or not.</summary>
    public bool HasFolderOf(NodeId owner) => _folder.Files.StatusOf(NodeFolder.PeerName(owner)).Kind is FileKind.Folder;

    /// <summary>Keeps an empty folder.</summary>
    /// <exception cref="CopyException">It could not be created.</exception>
    public void EnsureFolder(NodeId owner, FileEntry entry)
    {
        try
        {
            lock (_gate)
            {
                using var placement = new CopyPlacement(_folder, _ledger, _trash);
                placement.MakeFolder(NodeFolder.CopyName(owner, entry.Path));
                Change(owner, [new KeptCopy(entry, default)], []);
            }
        }
        catch (Exception e) when (CopyException.IsCause(e))
        {
            throw CopyException.From(e);
        }
    }

    /// <summary>
    /// Notes that the owner lists these files no more though it has not deleted them: it came back with another list, and
    /// the copies may be all that is left. They stay until it lists and deletes them again.
    /// </summary>
    public void Keep(NodeId owner, IReadOnlyCollection<FilePath> paths)
    {
        lock (_gate)
        {
            var kept = paths.Select(path => _ledger.Find(owner, path)).OfType<KeptCopy>();
            Change(owner, [.. kept.Select(copy => copy with { Entry = copy.Entry with { Seq = KeptSeq } })], []);
        }
    }

    /// <summary>
    /// Moves copies to the trash, and takes away the folders that are empty without them. What a user changed is no copy
    /// any more and stays where it is; what cannot be moved stays a copy.
    /// </summary>
    public void Remove(NodeId owner, IReadOnlyCollection<FilePath> paths)
    {
        lock (_gate)
        {
            string? batch = null;
            var removed = paths.Where(path => TryTrash(owner, path, ref batch)).ToList();
            Change(owner, [], removed);
            foreach (var path in removed)
                Prune(owner, path);
        }

        ForgetPartial(owner, paths);
    }

    /// <summary>Deletes copies that were made in passing, and tells; what a user changed is no copy any more and stays.</summary>
    public void Discard(NodeId owner, IReadOnlyCollection<FilePath> paths)
    {
        List<FilePath> discarded;
        lock (_gate)
        {
            discarded = [.. paths.Where(path => TryDelete(owner, path))];
            Change(owner, [], discarded);
            foreach (var path in discarded)
                Prune(owner, path);
        }

        if (discarded.Count > 0)
            Lost?.Invoke(owner, discarded);
    }

    /// <summary>Brings all that was noted of copies to the disk; false where that failed.</summary>
    public bool TrySync()
    {
        try
        {
            _ledger.Sync();
            return true;
        }
        catch (IOException e)
        {
            _log.LedgerNotSaved(e);
            return false;
        }
    }

    /// <summary>Opens a copy to be served.</summary>
    /// <returns>Null where there is none, or where somebody changed it, whereby it is a copy no longer.</returns>
    public OpenedFile? OpenCopy(NodeId owner, FilePath path)
    {
        if (_ledger.Find(owner, path) is not { Entry.Kind: EntryKind.File } kept)
            return null;
        try
        {
            var file = _folder.Files.OpenRead(NodeFolder.CopyName(owner, path));
            var status = new FileStatus(FileKind.File, file.Stamp);
            if (kept.Is(status) || (kept.MayBe(status) && IsWhole(owner, kept, file.Stamp)))
                return file;
            file.Dispose();
        }
        catch (FileNotFoundException)
        {
            // Somebody took it away.
        }

        Strike(owner, [kept]);
        return null;
    }

    public void Dispose()
    {
        _fileSystem?.Dispose();
        _ledger.Dispose();
    }

    /// <summary>Whether a copy is not there as it was put there; of what cannot be looked at, nothing is known.</summary>
    private bool IsGone(NodeId owner, in KeptCopy copy) => StatusOf(owner, copy) is { } status && !copy.MayBe(status);

    /// <summary>What is in the place of a copy; null where the system does not say.</summary>
    private FileStatus? StatusOf(NodeId owner, in KeptCopy copy)
    {
        try
        {
            return _folder.Files.StatusOf(NodeFolder.CopyName(owner, copy.Entry.Path));
        }
        catch (IOException e)
        {
            _log.CannotLookAt(copy.Entry.Path, e);
            return null;
        }
    }

    private void Strike(NodeId owner, List<KeptCopy> suspects, bool areDamaged = false)
    {
        List<FilePath> lost;
        lock (_gate)
        {
            // A new version may have come into the place since it was looked at.
            lost = [.. suspects.Where(copy => _ledger.Find(owner, copy.Entry.Path) == copy && (areDamaged || IsGone(owner, copy))).Select(copy => copy.Entry.Path)];
            if (lost.Count == 0)
                return;
            Change(owner, [], lost);
        }

        _log.CopiesLost(owner, lost.Count, lost[0]);
        Lost?.Invoke(owner, lost);
    }

    private bool TryTrash(NodeId owner, FilePath path, ref string? batch)
    {
        if (_ledger.Find(owner, path) is not { } kept)
            return false;
        try
        {
            if (kept.Entry.Kind is EntryKind.File && StatusOf(owner, kept) is { } status && kept.MayBe(status))
                _trashed.Note(kept.Entry, _trash.Take(NodeFolder.CopyName(owner, path), ref batch));
            return true;
        }
        catch (Exception e) when (CopyException.IsCause(e))
        {
            _log.CopyNotTrashed(owner, path, e);
            return false;
        }
    }

    private bool TryDelete(NodeId owner, FilePath path)
    {
        try
        {
            if (_ledger.Find(owner, path) is not { Entry.Kind: EntryKind.File } kept || StatusOf(owner, kept) is not { } status || !kept.Is(status))
                return false;
            _folder.Files.Delete(NodeFolder.CopyName(owner, path));
            return true;
        }
        catch (Exception e) when (CopyException.IsCause(e))
        {
            _log.CopyNotTrashed(owner, path, e);
            return false;
        }
    }

    /// <summary>Takes away a folder of copies and those above it, as long as they are empty and nobody wants them so.</summary>
    private void Prune(NodeId owner, FilePath copy)
    {
        var top = NodeFolder.PeerName(owner);
        for (var path = NodeFolder.CopyName(owner, copy); path.Length >= top.Length; path = BeneathFolder.ParentOf(path))
        {
            if (path.Length > top.Length && _ledger.Find(owner, FilePath.Parse(path[(top.Length + 1)..]))?.Entry.Kind is EntryKind.EmptyFolder)
                return;
            if (!TryPrune(path))
                return;
        }
    }

    /// <summary>Whether nothing of this folder is left, so that the one above may be empty too.</summary>
    private bool TryPrune(string folder)
    {
        try
        {
            if (_folder.Files.StatusOf(folder).Kind is FileKind.Folder)
                _folder.Files.DeleteFolder(folder);
            return true;
        }
        catch (Exception e) when (CopyException.IsCause(e))
        {
            return false; // It is not empty, or not ours to delete: an empty folder does no harm.
        }
    }

    private void Change(NodeId owner, IReadOnlyCollection<KeptCopy> kept, IReadOnlyCollection<FilePath> dropped)
    {
        try
        {
            _ledger.Change(owner, kept, dropped);
        }
        catch (IOException e)
        {
            // The rows hold in memory. If the next start lacks them, it adopts the copies by their content.
            _log.LedgerNotSaved(e);
        }
    }
}
