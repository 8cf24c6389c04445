using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using P2PNode.Core;
using P2PNode.Core.Catalogue;
using Serilog;

namespace P2PNode.Files;

/// <summary>
/// This node's own listing on its disk: what it offers, under which numbers, and the inodes that spare hashing anew what
/// did not change. Numbers are reserved ahead, so that none is ever used twice however the program ends. Safe for several
/// threads.
/// </summary>
public sealed class ListingStore : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<FilePath, Listed> _entries;
    private readonly Dictionary<FilePath, Listed>.AlternateLookup<ReadOnlySpan<char>> _byText;
    private readonly RecordLog _log;
    private ListedFolders _folders;
    private long _lastSeq;
    private SeqReserve _reserve;
    private readonly ILogger _messages;
    private int _scan;
    private bool _failed;

    private ListingStore(RecordLog log, ListingState state, ILogger messages)
    {
        (_log, _messages) = (log, messages);
        _entries = state.Entries;
        _folders = new ListedFolders(_entries);
        _byText = _entries.GetAlternateLookup<ReadOnlySpan<char>>();
        (ListId, _lastSeq, _reserve) = (state.ListId, state.LastSeq, new SeqReserve(state.LastSeq));
    }

    /// <summary>The life of the listing; a new random number whenever earlier numbers may have been forgotten.</summary>
    public ulong ListId { get; private set; }

    /// <summary>The number of the last change; after a crash, the last that may have been used.</summary>
    public long LastSeq
    {
        get
        {
            lock (_gate)
                return _lastSeq;
        }
    }

    public int Count
    {
        get
        {
            lock (_gate)
                return _entries.Count;
        }
    }

    /// <exception cref="IOException">The log cannot be read or written.</exception>
    public static ListingStore Open(NodeFolder folder, ILogger log)
    {
        var state = new ListingState();
        var records = RecordLog.Open(folder.ListingLog, state.Apply, out var loss);
        var store = new ListingStore(records, state, log);
        try
        {
            if (loss.Any)
                log.StateDamaged(folder.ListingLog, loss);
            if (state.ListId == 0 || loss.LostBytes > 0)
                store.StartAnew();
            else if (records.Count > 2L * store._entries.Count + SeqReserve.Step)
                store.Compact();
            store.Reserve(1);
            return store;
        }
        catch
        {
            records.Dispose();
            throw;
        }
    }

    /// <summary>All that is offered, in ascending order of the numbers.</summary>
    public ImmutableArray<FileEntry> Snapshot()
    {
        lock (_gate)
            return [.. _entries.Values.Select(listed => listed.Entry).OrderBy(entry => entry.Seq)];
    }

    /// <summary>
    /// Numbers the changes in their order and keeps them; the numbers may be published when this returns. What is listed
    /// in the way of a change is removed before it.
    /// </summary>
    /// <exception cref="IOException">Nothing was changed; try again.</exception>
    public ImmutableArray<FileEntry> Append(IReadOnlyCollection<OwnChange> changes)
    {
        lock (_gate)
        {
            if (_failed)
            {
                Compact();
                _folders = new ListedFolders(_entries);
            }

            _failed = true; // Until all is written; the next call then makes the log anew.
            var ordered = _folders.Order(changes);
            Reserve(ordered.Count);
            var seq = _lastSeq;
            var numbered = ImmutableArray.CreateBuilder<FileEntry>(ordered.Count);
            foreach (var change in ordered)
            {
                var entry = change.Number(++seq);
                numbered.Add(entry);
                ListingRecord.AppendEntry(_log, entry, change.Stamp.Inode);
            }

            _log.Flush();
            (_failed, _lastSeq) = (false, seq);
            foreach (var (entry, change) in numbered.Zip(ordered))
                Apply(_entries, entry, change.Stamp.Inode, _scan);
            return numbered.MoveToImmutable();
        }
    }

    /// <summary>The number of a new scan; what is seen or appended from now on bears it.</summary>
    internal int BeginScan()
    {
        lock (_gate)
            return ++_scan;
    }

    /// <summary>Notes that the scan met this path; says whether it is listed just as it is.</summary>
    internal bool See(ReadOnlySpan<char> path, EntryKind kind, in FileStamp stamp)
    {
        lock (_gate)
        {
            ref var listed = ref CollectionsMarshal.GetValueRefOrNullRef(_byText, path);
            if (Unsafe.IsNullRef(ref listed) || listed.Entry.Kind != kind)
                return false;
            listed.Seen = _scan;
            return kind is EntryKind.EmptyFolder || listed.Has(stamp, stamp.Executable);
        }
    }

    internal Listed? Find(ReadOnlySpan<char> path)
    {
        lock (_gate)
            return _byText.TryGetValue(path, out var listed) ? listed : null;
    }

    /// <summary>All listed entries that <paramref name="wanted"/> accepts.</summary>
    internal List<FileEntry> Where(Func<Listed, bool> wanted)
    {
        lock (_gate)
            return [.. _entries.Values.Where(wanted).Select(listed => listed.Entry)];
    }

    /// <summary>Closes the log in order, so that the next start goes on with the next number.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            try
            {
                if (!_failed)
                {
                    ListingRecord.AppendNumber(_log, ListingRecord.Type.Closed, (ulong)_lastSeq);
                    _log.Sync();
                }
            }
            catch (IOException e)
            {
                _messages.ListingNotClosed(e); // Costs nothing but a run of numbers at the next start.
            }
            finally
            {
                _log.Dispose();
            }
        }
    }

    internal static void Apply(Dictionary<FilePath, Listed> entries, FileEntry entry, ulong inode, int scan)
    {
        // Removed first, so that the key is the path object of the entry that is kept.
        entries.Remove(entry.Path);
        if (entry.Kind is not EntryKind.Removed)
            entries.Add(entry.Path, new Listed { Entry = entry, Inode = inode, Seen = scan });
    }

    /// <summary>What is known of the contents stays, but under a new listing: old numbers may be in use elsewhere.</summary>
    private void StartAnew()
    {
        (ListId, _lastSeq, _reserve) = (NewListId(), 0, default);
        foreach (var (path, listed) in _entries.OrderBy(pair => pair.Value.Entry.Seq).ToList())
            _entries[path] = listed with { Entry = listed.Entry with { Seq = ++_lastSeq } };
        Compact();
    }

    private static ulong NewListId()
    {
        Span<byte> random = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(random);
        return Math.Max(1, BitConverter.ToUInt64(random));
    }

    private void Reserve(int count)
    {
        var reserve = _reserve.ExtendedTo(_lastSeq + count);
        if (reserve == _reserve)
            return;
        ListingRecord.AppendNumber(_log, ListingRecord.Type.Reserve, (ulong)reserve.UpTo);
        _log.Sync();
        _reserve = reserve;
    }

    private void Compact()
    {
        _log.Rewrite(fresh =>
        {
            ListingRecord.AppendNumber(fresh, ListingRecord.Type.List, ListId);
            ListingRecord.AppendNumber(fresh, ListingRecord.Type.Reserve, (ulong)Math.Max(_reserve.UpTo, _lastSeq));
            foreach (var listed in _entries.Values)
                ListingRecord.AppendEntry(fresh, listed.Entry, listed.Inode);
        });
        _failed = false;
    }

    /// <summary>A row of the listing.</summary>
    internal struct Listed
    {
        public required FileEntry Entry { get; init; }

        public required ulong Inode { get; init; }

        /// <summary>The scan that met it last, or during which it was appended.</summary>
        public int Seen { get; set; }

        /// <summary>Whether it was hashed under this stamp.</summary>
        public readonly bool Has(in FileStamp stamp, bool executable) =>
            Entry.Kind is EntryKind.File
            && Entry.Size == stamp.Size
            && Entry.MtimeTicks == stamp.MtimeTicks
            && (Inode == stamp.Inode || Inode == 0 || stamp.Inode == 0)
            && Entry.Executable == executable;
    }
}
