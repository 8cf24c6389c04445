using P2PNode.Core;
using P2PNode.Core.Catalogue;
using Serilog;

namespace P2PNode.Files;

/// <summary>A copy in its place.</summary>
/// <param name="Entry">What its owner offered.</param>
/// <param name="Stamp">
/// The stamp of the file when it was put there, or was last found to be whole. The inode in it tells two versions apart
/// that have one size and time.
/// </param>
internal readonly record struct KeptCopy(FileEntry Entry, FileStamp Stamp)
{
    /// <summary>Whether a file, or a folder, is this copy still.</summary>
    public bool Is(in FileStatus status) =>
        MayBe(status) && (Entry.Kind is EntryKind.EmptyFolder || FileStamp.IsOneCtime(Stamp.CtimeTicks, status.Stamp.CtimeTicks));

    /// <summary>
    /// Whether a file, or a folder, looks like this copy. If <see cref="Is"/> says no, something was done to it since: its
    /// mode or its links were changed, or its bytes and then its time set back, which only reading it tells.
    /// </summary>
    public bool MayBe(in FileStatus status) => Entry.Kind is EntryKind.EmptyFolder
        ? status.Kind is FileKind.Folder
        : status.Kind is FileKind.File
            && (status.Stamp.Size, status.Stamp.MtimeTicks, status.Stamp.Inode) == (Stamp.Size, Stamp.MtimeTicks, Stamp.Inode);
}

/// <summary>
/// Which files below peers/ are copies that this program verified and put there. Everything else in that place belongs to
/// somebody else. Safe for several threads.
/// </summary>
internal sealed class CopyLedger : IDisposable
{
    private const byte Kept = 1;
    private const byte Dropped = 2;
    private const int Slack = 4096;

    private readonly Lock _gate = new();
    private readonly Dictionary<NodeId, Dictionary<FilePath, KeptCopy>> _copies = [];

    /// <summary>By the hash code of a content, one place where it lies; a second one may be forgotten.</summary>
    private readonly Dictionary<int, (NodeId Owner, FilePath Path)> _places = [];
    private readonly RecordLog _log;
    private bool _failed;

    private CopyLedger(NodeFolder folder, ILogger log)
    {
        _log = RecordLog.Open(folder.CopyLog, Apply, out var loss);
        if (loss.Any)
            log.StateDamaged(folder.CopyLog, loss);
        else if (_log.Count == 0 && !folder.IsFirstStart && HoldsFiles(folder.Peers))
            log.CopiesForgotten(folder.CopyLog);
    }

    private static bool HoldsFiles(string folder) =>
        new DirectoryInfo(folder).EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint }).Any();

    public static CopyLedger Open(NodeFolder folder, ILogger log) => new(folder, log);

    public KeptCopy? Find(NodeId owner, FilePath path)
    {
        lock (_gate)
            return _copies.TryGetValue(owner, out var copies) && copies.TryGetValue(path, out var copy) ? copy : null;
    }

    /// <summary>A copy with this content, whosever it is; null where none is known.</summary>
    public (NodeId Owner, KeptCopy Copy)? FindContent(ContentRoot root)
    {
        lock (_gate)
        {
            return _places.TryGetValue(root.GetHashCode(), out var place) && Find(place.Owner, place.Path) is { } copy && copy.Entry.Root == root
                ? (place.Owner, copy)
                : null;
        }
    }

    public IReadOnlyList<NodeId> Owners
    {
        get
        {
            lock (_gate)
                return [.. _copies.Where(pair => pair.Value.Count > 0).Select(pair => pair.Key).Order()];
        }
    }

    public IReadOnlyList<KeptCopy> Of(NodeId owner)
    {
        lock (_gate)
            return _copies.TryGetValue(owner, out var copies) ? [.. copies.Values] : [];
    }

    /// <summary>Enters and strikes rows; they outlast the process, but a loss of power only after <see cref="Sync"/>.</summary>
    /// <exception cref="IOException">The rows hold in memory; the next call writes them again.</exception>
    public void Change(NodeId owner, IReadOnlyCollection<KeptCopy> kept, IReadOnlyCollection<FilePath> dropped)
    {
        lock (_gate)
        {
            foreach (var path in dropped)
                Drop(owner, path);
            foreach (var copy in kept)
                Keep(owner, copy);
            if (_failed)
            {
                Rewrite();
                return;
            }

            _failed = true;
            foreach (var path in dropped)
                AppendDropped(owner, path);
            foreach (var copy in kept)
                AppendKept(_log, owner, copy);
            _log.Flush();
            _failed = false;
        }
    }

    /// <summary>Returns when all rows are on the disk.</summary>
    /// <exception cref="IOException">The log may lack any row; the next change makes it anew.</exception>
    public void Sync()
    {
        lock (_gate)
        {
            if (_failed)
            {
                Rewrite(); // Which of the rows the log has is not known.
                return;
            }

            _failed = true;
            _log.Sync();
            _failed = false;
        }
    }

    /// <summary>Makes the log anew if most of it is worthless.</summary>
    public void Compact()
    {
        lock (_gate)
        {
            if (_log.Count > 2L * _copies.Values.Sum(copies => copies.Count) + Slack)
                Rewrite();
        }
    }

    public void Dispose() => _log.Dispose();

    private void Apply(ReadOnlySpan<byte> record)
    {
        var fields = new RecordFieldReader(record);
        var type = fields.Byte();
        var owner = fields.Node();
        switch (type)
        {
            case Kept:
                var (entry, inode) = ListingRecord.ReadEntry(ref fields);
                var mtime = fields.Number();
                var ctime = fields.HasMore ? fields.Number() : 0;
                Keep(owner, new KeptCopy(entry, new FileStamp(entry.Size, mtime, inode, entry.Executable, ctime)));
                break;
            case Dropped:
                Drop(owner, fields.Path());
                break;
            default:
                throw new InvalidDataException($"The ledger of copies holds a record of type {type}; a newer version wrote it.");
        }
    }

    private void Keep(NodeId owner, in KeptCopy copy)
    {
        if (!_copies.TryGetValue(owner, out var copies))
            _copies.Add(owner, copies = new(FilePathComparer.Instance));

        // Removed first, so that the key is the path object of the entry that is kept.
        if (copies.Remove(copy.Entry.Path, out var before))
            Displace(owner, before);
        copies.Add(copy.Entry.Path, copy);
        if (copy.Entry.Size > 0)
            _places[copy.Entry.Root.GetHashCode()] = (owner, copy.Entry.Path);
    }

    private void Displace(NodeId owner, in KeptCopy copy)
    {
        var content = copy.Entry.Root.GetHashCode();
        if (_places.TryGetValue(content, out var place) && place.Owner == owner && place.Path.Equals(copy.Entry.Path))
            _places.Remove(content);
    }

    private void Drop(NodeId owner, FilePath path)
    {
        if (_copies.TryGetValue(owner, out var copies) && copies.Remove(path, out var before))
            Displace(owner, before);
    }

    private void AppendDropped(NodeId owner, FilePath path)
    {
        var writer = new RecordWriter(stackalloc byte[RecordWriter.Enough]);
        writer.Byte(Dropped);
        writer.Number(owner.Value);
        writer.Path(path);
        _log.Append(writer.Written);
    }

    private static void AppendKept(RecordLog log, NodeId owner, in KeptCopy copy)
    {
        var writer = new RecordWriter(stackalloc byte[RecordWriter.Enough]);
        writer.Byte(Kept);
        writer.Number(owner.Value);
        ListingRecord.WriteEntry(ref writer, copy.Entry, copy.Stamp.Inode);
        writer.Number(copy.Stamp.MtimeTicks);
        writer.Number(copy.Stamp.CtimeTicks);
        log.Append(writer.Written);
    }

    private void Rewrite()
    {
        _log.Rewrite(fresh =>
        {
            foreach (var (owner, copies) in _copies)
            {
                foreach (var copy in copies.Values)
                    AppendKept(fresh, owner, copy);
            }
        });
        _failed = false;
    }
}
