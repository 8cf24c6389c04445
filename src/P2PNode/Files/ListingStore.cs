using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using P2PNode.Core;
using P2PNode.Core.Catalogue;
using Serilog;

namespace P2PNode.Files;

/// <summary>
/// This node's own listing on its disk: what it offers, under which numbers, and the stamps that spare hashing anew what
/// did not change. Numbers are reserved ahead, so that none is ever used twice however the program ends. Safe for several
/// threads.
/// </summary>
public sealed class ListingStore : IDisposable
{
    /// <summary>A log with so many more records than twice its entries is made anew at the next start.</summary>
    private const int WorthlessRecords = 4096;

    private readonly Lock _gate = new();
    private readonly Dictionary<FilePath, Listed> _entries;
    private readonly Dictionary<FilePath, Listed>.AlternateLookup<ReadOnlySpan<char>> _byText;
    private readonly Listing _listing;
    private readonly RecordLog _log;
    private readonly ILogger _messages;
    private SeqReserve _reserve;
    private int _scan;
    private bool _failed;

    /// <summary>Whether the log lacks times of change that are known by now.</summary>
    private bool _learned;

    private ListingStore(RecordLog log, Listing listing, ListingState state, ILogger messages)
    {
        (_log, _listing, _messages) = (log, listing, messages);
        _entries = state.Entries;
        _byText = _entries.GetAlternateLookup<ReadOnlySpan<char>>();
        _reserve = new SeqReserve(listing.NextSeq - 1);
    }

    /// <summary>Where a subscriber stands that has everything.</summary>
    public ListingPosition Position
    {
        get
        {
            lock (_gate)
                return _listing.Position;
        }
    }

    /// <inheritdoc cref="Listing.PathBytes"/>
    public long PathBytes
    {
        get
        {
            lock (_gate)
                return _listing.PathBytes;
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
    public static ListingStore Open(NodeFolder folder, NodeId owner, ILogger log)
    {
        var state = new ListingState();
        var records = RecordLog.Open(folder.ListingLog, state.Apply, out var loss);
        try
        {
            if (loss.Any)
                log.StateDamaged(folder.ListingLog, loss);
            var listing = loss.LostBytes > 0 ? null : state.Resume(owner);
            if (listing is null && !loss.Any && !folder.IsFirstStart)
                log.ListingLost(folder.ListingLog);
            var store = new ListingStore(records, listing ?? state.StartAnew(owner), state, log);
            if (listing is null || records.Count > 2L * store.Count + WorthlessRecords)
                store.Compact();
            store.Reserve(); // Syncs: the list that this number stands for from now on outlasts the next crash.
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
            return [.. _listing.Entries.OrderBy(entry => entry.Seq)];
    }

    /// <summary>What a subscriber at a position misses; see <see cref="Listing.After"/>.</summary>
    public IEnumerable<ListingBatch> After(ListingPosition have)
    {
        using var batches = _listing.After(have).GetEnumerator();
        while (true)
        {
            lock (_gate)
            {
                if (!batches.MoveNext())
                    yield break;
            }

            yield return batches.Current;
        }
    }

    /// <summary>
    /// Numbers the changes in their order and keeps them. What stands in the way of one goes first: the file where a
    /// folder is now, or all that lay in a folder where a file is now.
    /// </summary>
    /// <returns>What changed, the removals of what stood in the way included.</returns>
    /// <exception cref="IOException">The disk keeps not all of it; to be tried again with the same changes.</exception>
    public ImmutableArray<FileEntry> Append(IReadOnlyCollection<OwnChange> changes)
    {
        lock (_gate)
        {
            if (_failed)
                Compact();
            _failed = true; // Until all is written; the next call then makes the log anew.
            var numbered = ImmutableArray.CreateBuilder<FileEntry>(changes.Count);
            foreach (var change in changes)
            {
                if (change.Kind is not EntryKind.Removed)
                    ClearTheWay(change, numbered);
                Take(change, numbered);
            }

            _log.Flush();
            _failed = false;
            return numbered.DrainToImmutable();
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
            if (kind is EntryKind.EmptyFolder)
                return true;
            if (!listed.Has(stamp, stamp.Executable))
                return false;
            if (listed.CtimeTicks != stamp.CtimeTicks && stamp.CtimeTicks != 0)
                (listed.CtimeTicks, _learned) = (stamp.CtimeTicks, true);
            return true;
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

    /// <summary>Gives back what was reserved and not used, so that the next start goes on with the next number.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            try
            {
                if (_learned)
                    Compact();
                if (!_failed)
                {
                    ListingRecord.AppendNumber(_log, ListingRecord.Type.Reserve, (ulong)_listing.NextSeq - 1);
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

    private void ClearTheWay(in OwnChange change, ImmutableArray<FileEntry>.Builder numbered)
    {
        foreach (var obstacle in _listing.InTheWayOf(change.Path, change.Kind))
            Take(new OwnChange(obstacle.Path, EntryKind.Removed), numbered);
    }

    private void Reserve()
    {
        if (_reserve.Covers(_listing.NextSeq))
            return;
        var reserve = _reserve.ExtendedTo(_listing.NextSeq);
        ListingRecord.AppendNumber(_log, ListingRecord.Type.Reserve, (ulong)reserve.UpTo);
        _log.Sync();
        _reserve = reserve;
    }

    private void Take(in OwnChange change, ImmutableArray<FileEntry>.Builder numbered)
    {
        Reserve();
        if (change.ApplyTo(_listing) is { } entry)
        {
            Keep(entry, change.Stamp);
            numbered.Add(entry);
        }
        else if (change.Kind is EntryKind.File && _entries.TryGetValue(change.Path, out var listed)
            && (listed.Inode, listed.CtimeTicks) != (change.Stamp.Inode, change.Stamp.CtimeTicks))
        {
            Keep(listed.Entry, change.Stamp); // Nobody else is told, but it is not hashed again by the next scan.
        }
    }

    private void Keep(FileEntry entry, in FileStamp stamp)
    {
        ListingRecord.AppendEntry(_log, entry, stamp.Inode, stamp.CtimeTicks);
        ListingState.Apply(_entries, entry, stamp.Inode, stamp.CtimeTicks, _scan);
    }

    private void Compact()
    {
        _log.Rewrite(fresh =>
        {
            ListingRecord.AppendNumber(fresh, ListingRecord.Type.List, _listing.ListId);
            ListingRecord.AppendNumber(fresh, ListingRecord.Type.Reserve, (ulong)_reserve.UpTo);
            ListingRecord.AppendNumber(fresh, ListingRecord.Type.Last, (ulong)_listing.Position.Seq);
            foreach (var listed in _entries.Values)
                ListingRecord.AppendEntry(fresh, listed.Entry, listed.Inode, listed.CtimeTicks);
        });
        _failed = false;
    }
}
