using System.Globalization;
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
public sealed class CopyStore : IDisposable
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
    private readonly PartialFiles _partial;
    private readonly SafeFileHandle? _fileSystem;

    /// <summary>Where files lie in memory, to take the room of one means to write it once more.</summary>
    private readonly bool _isMemory;
    private long _temporaries;
    private int _failedSyncs;

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
            store.Check(CancellationToken.None);
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
    public bool HasFolderOf(NodeId owner) => Directory.Exists(_folder.PeerFolder(owner));

    /// <summary>Begins to receive a file.</summary>
    /// <exception cref="CopyException">There is no room for it, or the disk failed.</exception>
    public IncomingCopy Receive(NodeId owner, FileEntry entry)
    {
        if (entry.Size >= AskRoomFrom && entry.Size + entry.Size / 100 > FreeRoom())
            throw CopyException.DiskFull();
        return new IncomingCopy(owner, entry, NewTemporary(), Preallocates(entry), isPartial: false) { FailedSyncs = Volatile.Read(ref _failedSyncs) };
    }

    /// <summary>
    /// Begins to receive a large file by pieces, or goes on with what an earlier attempt left: <see cref="PieceRecall"/>
    /// tells what of it is of use.
    /// </summary>
    /// <inheritdoc cref="Receive" path="/exception"/>
    public IncomingCopy ReceivePieces(NodeId owner, FileEntry entry)
    {
        var lacks = entry.Size - _partial.SizeOf(owner, entry.Path);
        if (lacks + lacks / 100 > FreeRoom())
            throw CopyException.DiskFull();
        return new IncomingCopy(owner, entry, _partial.Begin(owner, entry.Path), Preallocates(entry), isPartial: true) { FailedSyncs = Volatile.Read(ref _failedSyncs) };
    }

    /// <summary>Whether there is room for a file, as far as can be told.</summary>
    public bool HasRoomFor(NodeId owner, FileEntry entry) =>
        entry.Size - _partial.SizeOf(owner, entry.Path) <= FreeRoom();

    /// <summary>These files are in place, or no longer listed: what earlier attempts left of them is of no use any more.</summary>
    public void ForgetPartial(NodeId owner, IEnumerable<FilePath> paths)
    {
        try
        {
            _partial.Forget(owner, paths);
        }
        catch (Exception e) when (CopyException.IsCause(e))
        {
            _log.PartialNotDeleted(e); // In a week a start will try again.
        }
    }

    /// <summary>Which pieces of a file that is begun lie here already: left by an earlier attempt, or in its last version.</summary>
    /// <param name="copy">From <see cref="ReceivePieces"/>; the pieces of the last version are written into it.</param>
    /// <param name="layer">The hashes of all pieces, checked.</param>
    /// <param name="stop">Ends the search early.</param>
    /// <exception cref="CopyException">The disk is full or failed.</exception>
    public List<int> Recall(IncomingCopy copy, ReadOnlySpan<byte> layer, CancellationToken stop)
    {
        using var before = OpenLastVersion(copy);
        try
        {
            return copy.IsResumed || before is not null ? PieceRecall.Find(copy, layer, before?.Handle, stop) : [];
        }
        catch (Exception e) when (CopyException.IsCause(e))
        {
            throw CopyException.From(e);
        }
    }

    private OpenedFile? OpenLastVersion(IncomingCopy copy)
    {
        try
        {
            return OpenCopy(copy.Owner, copy.Entry.Path);
        }
        catch (Exception e) when (CopyException.IsCause(e))
        {
            return null; // What cannot be read is of no use; all is fetched.
        }
    }

    /// <summary>Receives a file whose bytes are all there; what is left to do is <see cref="CommitAsync"/>.</summary>
    /// <exception cref="CopyException">The bytes are not those that the entry promises, or the disk is full or failed.</exception>
    public IncomingCopy WriteSmall(NodeId owner, FileEntry entry, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != entry.Size || ContentHasher.Of(bytes) != entry.Root)
            throw CopyException.WrongContent();
        var copy = Receive(owner, entry);
        try
        {
            copy.Write(0, bytes);
            copy.Finish(piecesVerified: true);
            copy.Seal(sync: false);
            return copy;
        }
        catch (Exception e) when (CopyException.IsCause(e))
        {
            copy.Dispose();
            throw CopyException.From(e);
        }
    }

    /// <summary>
    /// Brings finished copies to the disk and into their places. When this returns, those that are not among the failures
    /// outlast a loss of power. Large groups cost far less for each file than small ones.
    /// </summary>
    public Task<List<CopyFailure>> CommitAsync(IReadOnlyList<IncomingCopy> copies) => Task.Run(() => Commit(copies));

    /// <summary>Makes a copy of what lies in a place already, if its content is the wanted one.</summary>
    /// <returns>Whether the file need not be fetched.</returns>
    public bool Adopt(NodeId owner, FileEntry entry, CancellationToken stop)
    {
        try
        {
            return TryAdopt(owner, entry, stop);
        }
        catch (Exception e) when (CopyException.IsCause(e))
        {
            _log.CannotLookAt(entry.Path, e);
            return false;
        }
    }

    private bool TryAdopt(NodeId owner, FileEntry entry, CancellationToken stop)
    {
        var relative = RelativePath(owner, entry.Path);
        var status = _folder.Files.StatusOf(relative);
        if (entry.Kind is not EntryKind.File || status.Kind is not FileKind.File || status.Stamp.Size != entry.Size)
            return false;
        var root = _ledger.Find(owner, entry.Path) is { } kept && kept.Is(status)
            ? kept.Entry.Root
            : new FileHasher(_folder.Files).Hash(relative, status.Stamp, stop).Root;
        if (root != entry.Root)
            return false;
        lock (_gate)
        {
            Dress(_folder.CopyPath(owner, entry.Path), entry);
            Change(owner, [new KeptCopy(entry, _folder.Files.StatusOf(relative).Stamp)], []);
        }

        _log.CopyAdopted(owner, entry.Path);
        return true;
    }

    /// <summary>Keeps an empty folder.</summary>
    /// <exception cref="CopyException">It could not be created.</exception>
    public void EnsureFolder(NodeId owner, FileEntry entry)
    {
        try
        {
            lock (_gate)
            {
                new CopyPlacement(_folder, _ledger, _trash).MakeFolder(_folder.CopyPath(owner, entry.Path));
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
            foreach (var folder in removed.Select(path => _folder.CopyPath(owner, path)).ToList())
                Prune(owner, folder);
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
                Prune(owner, _folder.CopyPath(owner, path));
        }

        if (discarded.Count > 0)
            Lost?.Invoke(owner, discarded);
    }

    /// <summary>
    /// Strikes the rows of copies that are missing or were changed since they were put in place, and tells. Not while the
    /// folder itself may be another one than the rows speak of.
    /// </summary>
    public void Check(CancellationToken stop)
    {
        foreach (var owner in _ledger.Owners)
        {
            List<KeptCopy> suspects = [];
            foreach (var copy in _ledger.Of(owner))
            {
                stop.ThrowIfCancellationRequested();
                if (IsGone(owner, copy))
                    suspects.Add(copy);
            }

            if (!_folder.IsMarked)
                return;
            Strike(owner, suspects);
        }
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
            var file = _folder.Files.OpenRead(RelativePath(owner, path));
            if (kept.Is(new FileStatus(FileKind.File, file.Stamp)))
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

    private static string RelativePath(NodeId owner, FilePath path) => $"peers/NODE{owner}/{path}";

    private long FreeRoom()
    {
        try
        {
            return new DriveInfo(_folder.Temporary).AvailableFreeSpace;
        }
        catch (Exception e) when (CopyException.IsCause(e))
        {
            throw CopyException.From(e);
        }
    }

    private bool Preallocates(FileEntry entry) => entry.Size >= PreallocateFrom && !_isMemory;

    private string NewTemporary() => Path.Combine(
        _folder.Temporary, Interlocked.Increment(ref _temporaries).ToString(CultureInfo.InvariantCulture));

    /// <summary>Whether a copy is not there as it was put there; of what cannot be looked at, nothing is known.</summary>
    private bool IsGone(NodeId owner, in KeptCopy copy)
    {
        try
        {
            return !copy.Is(_folder.Files.StatusOf(RelativePath(owner, copy.Entry.Path)));
        }
        catch (IOException e)
        {
            _log.CannotLookAt(copy.Entry.Path, e);
            return false;
        }
    }

    private bool IsInPlace(NodeId owner, in KeptCopy copy)
    {
        try
        {
            return copy.Is(_folder.Files.StatusOf(RelativePath(owner, copy.Entry.Path)));
        }
        catch (IOException e)
        {
            _log.CannotLookAt(copy.Entry.Path, e);
            return false;
        }
    }

    private void Strike(NodeId owner, List<KeptCopy> suspects)
    {
        List<FilePath> lost;
        lock (_gate)
        {
            // A new version may have come into the place since it was looked at.
            lost = [.. suspects.Where(copy => _ledger.Find(owner, copy.Entry.Path) == copy && IsGone(owner, copy)).Select(copy => copy.Entry.Path)];
            if (lost.Count == 0)
                return;
            Change(owner, [], lost);
        }

        _log.CopiesLost(owner, lost.Count, lost[0]);
        Lost?.Invoke(owner, lost);
    }

    /// <summary>Gives a file that is in its place the time and the mode of its entry.</summary>
    private static void Dress(string path, FileEntry entry)
    {
        File.SetLastWriteTimeUtc(path, new DateTime(entry.MtimeTicks, DateTimeKind.Utc));
        if (!OperatingSystem.IsWindows())
        {
            var mode = File.GetUnixFileMode(path);
            var wanted = entry.Executable ? mode | UnixFileMode.UserExecute : mode & ~UnixFileMode.UserExecute;
            if (wanted != mode)
                File.SetUnixFileMode(path, wanted);
        }

        Durable.SyncFile(path);
    }

    private bool TryTrash(NodeId owner, FilePath path, ref string? batch)
    {
        if (_ledger.Find(owner, path) is not { } kept)
            return false;
        try
        {
            if (kept.Entry.Kind is EntryKind.File && IsInPlace(owner, kept))
                _trash.Take(_folder.CopyPath(owner, path), ref batch);
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
            if (_ledger.Find(owner, path) is not { Entry.Kind: EntryKind.File } kept || !IsInPlace(owner, kept))
                return false;
            File.Delete(_folder.CopyPath(owner, path));
            return true;
        }
        catch (Exception e) when (CopyException.IsCause(e))
        {
            _log.CopyNotTrashed(owner, path, e);
            return false;
        }
    }

    /// <summary>Takes away a folder of copies and those above it, as long as they are empty and nobody wants them so.</summary>
    private void Prune(NodeId owner, string folder)
    {
        var top = _folder.PeerFolder(owner);
        for (var path = folder; path.Length >= top.Length; path = Path.GetDirectoryName(path)!)
        {
            if (path.Length > top.Length && _ledger.Find(owner, PathOf(top, path))?.Entry.Kind is EntryKind.EmptyFolder)
                return;
            if (!TryPrune(path))
                return;
        }
    }

    /// <summary>Whether nothing of this folder is left, so that the one above may be empty too.</summary>
    private static bool TryPrune(string folder)
    {
        try
        {
            if (FileStatus.Of(folder).Kind is not FileKind.Folder)
                return true;
            if (Directory.EnumerateFileSystemEntries(folder).Any())
                return false;
            Directory.Delete(folder);
            return true;
        }
        catch (Exception e) when (CopyException.IsCause(e))
        {
            return false; // Something came into it just now, or it is not ours to delete: an empty folder does no harm.
        }
    }

    private static FilePath PathOf(string top, string path) =>
        FilePath.Parse(path[(top.Length + 1)..].Replace(Path.DirectorySeparatorChar, '/'));

    private List<CopyFailure> Commit(IReadOnlyList<IncomingCopy> copies)
    {
        if (copies.FirstOrDefault(copy => !copy.IsVerified) is { } unverified)
            throw new ArgumentException($"{unverified.Entry.Path} was not verified.", nameof(copies));
        var group = new CommitGroup(copies);
        var together = _fileSystem is not null && copies.Count >= SyncTogetherFrom;
        group.Each(copy => copy.Seal(sync: !together), discards: true);
        if (together)
        {
            group.All(SyncAll, discards: true);

            // The system tells a failure once: to whichever group syncs first.
            group.Each(TrustSyncs, discards: true);
        }

        lock (_gate)
        {
            var placement = new CopyPlacement(_folder, _ledger, _trash);
            group.Each(placement.Place);
            Enter(group.Alive, copy => new KeptCopy(copy.Entry, copy.Stamp));
            var unsynced = group.All(() => SyncNames(placement.Touched, together));
            Enter(unsynced, _ => null);
        }

        return group.Failures;
    }

    /// <summary>Enters copies into the ledger, or strikes them where their row is null.</summary>
    private void Enter(IEnumerable<IncomingCopy> copies, Func<IncomingCopy, KeptCopy?> row)
    {
        foreach (var group in copies.GroupBy(copy => copy.Owner))
        {
            var kept = group.Select(row).OfType<KeptCopy>().ToList();
            Change(group.Key, kept, kept.Count > 0 ? [] : [.. group.Select(copy => copy.Entry.Path)]);
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

    private void SyncAll()
    {
        try
        {
            if (OperatingSystem.IsLinux())
                Durable.SyncFileSystem(_fileSystem!);
        }
        catch
        {
            Interlocked.Increment(ref _failedSyncs);
            throw;
        }
    }

    private void TrustSyncs(IncomingCopy copy)
    {
        if (copy.FailedSyncs != Volatile.Read(ref _failedSyncs))
            throw new IOException("the disk failed while it was written");
    }

    private void SyncNames(IReadOnlyCollection<string> folders, bool together)
    {
        if (together)
        {
            SyncAll();
            return;
        }

        foreach (var folder in folders)
            Durable.SyncFolder(folder);
        _ledger.Sync();
    }
}
