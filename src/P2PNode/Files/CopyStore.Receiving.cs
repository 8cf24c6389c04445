using System.Globalization;
using P2PNode.Core;
using P2PNode.Core.Catalogue;

namespace P2PNode.Files;

/// <summary>How copies begin: received, in one go or by pieces, or found in their places.</summary>
public sealed partial class CopyStore
{
    /// <summary>Begins to receive a file.</summary>
    /// <exception cref="CopyException">There is no room for it, or the disk failed.</exception>
    public IncomingCopy Receive(NodeId owner, FileEntry entry)
    {
        if (entry.Size >= AskRoomFrom && entry.Size + entry.Size / 100 > FreeRoom())
            throw CopyException.DiskFull();
        return new IncomingCopy(owner, entry, _folder.Files, NewTemporary(), Preallocates(entry)) { FailedSyncs = Volatile.Read(ref _failedSyncs) };
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
        return new IncomingCopy(owner, entry, _folder.Files, _partial.Begin(owner, entry.Path), Preallocates(entry), _partial.End) { FailedSyncs = Volatile.Read(ref _failedSyncs) };
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
        var relative = NodeFolder.CopyName(owner, entry.Path);
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
            if (!TryDress(owner, entry, status.Stamp))
                return false;
            Change(owner, [new KeptCopy(entry, _folder.Files.StatusOf(relative).Stamp)], []);
        }

        _log.CopyAdopted(owner, entry.Path);
        return true;
    }

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

    private string NewTemporary() =>
        string.Create(CultureInfo.InvariantCulture, $"{NodeFolder.TemporaryName}/{Interlocked.Increment(ref _temporaries)}");

    /// <summary>Gives a file that is in its place the time and the mode of its entry.</summary>
    /// <returns>False where it is another than was looked at.</returns>
    private bool TryDress(NodeId owner, FileEntry entry, in FileStamp stamp)
    {
        var relative = NodeFolder.CopyName(owner, entry.Path);
        using var file = _folder.Files.OpenRead(relative);
        if (file.Stamp != stamp)
            return false;
        if (OperatingSystem.IsWindows())
        {
            // There a handle for reading does not do, nor are there modes.
            File.SetLastWriteTimeUtc(_folder.CopyPath(owner, entry.Path), new DateTime(entry.MtimeTicks, DateTimeKind.Utc));
        }
        else
        {
            File.SetLastWriteTimeUtc(file.Handle, new DateTime(entry.MtimeTicks, DateTimeKind.Utc));
            var mode = File.GetUnixFileMode(file.Handle);
            var wanted = entry.Executable ? mode | UnixFileMode.UserExecute : mode & ~UnixFileMode.UserExecute;
            if (wanted != mode)
                File.SetUnixFileMode(file.Handle, wanted);
        }

        _folder.Files.SyncFile(relative);
        return true;
    }
}
