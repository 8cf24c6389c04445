using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace P2PNode.Core.Catalogue;

/// <summary>
/// What one owner offers, at the owner: a numbered list with a single writer. Every change takes the next number, and
/// <see cref="After"/> says what a subscriber misses. Not safe for concurrent use; between two batches of
/// <see cref="After"/> it may be changed at will.
/// </summary>
public sealed class Listing
{
    private readonly EntrySet _entries = new();

    /// <summary>The latest change of every path: all that is listed, and the removals that are remembered.</summary>
    private readonly OrderedPages<FileEntry, long, BySeq> _changes = new();
    private readonly RemovalLog _removals;
    private long _lastSeq;

    /// <summary>Restores a listing, or starts one: with a new random <paramref name="listId"/>, at 0, with no entries.</summary>
    /// <param name="owner">Whose listing it is.</param>
    /// <param name="listId">The life of the listing.</param>
    /// <param name="lastSeq">
    /// The number of the last change, be it one that removed an entry. After a crash the reach of the last durable
    /// <see cref="SeqReserve"/>: numbers up to there may have been given to changes that are lost.
    /// </param>
    /// <param name="entries">What is listed, in any order; ordered by path is fastest.</param>
    /// <exception cref="ArgumentException">
    /// No listing can hold these entries: what was stored is damaged, and a new list must be started.
    /// </exception>
    public Listing(NodeId owner, ulong listId, long lastSeq, IEnumerable<FileEntry> entries)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(lastSeq);
        (Owner, ListId, _lastSeq) = (owner, listId, lastSeq);
        _removals = new RemovalLog(lastSeq);
        if (_entries.Load(entries, lastSeq) is { } fault)
            throw new ArgumentException($"{fault}.", nameof(entries));
        foreach (var entry in _entries.Entries.OrderBy(entry => entry.Seq))
        {
            if (_changes.Put(entry, out var twin))
                throw new ArgumentException($"'{entry.Path}' and '{twin.Path}' have one number.", nameof(entries));
        }
    }

    public NodeId Owner { get; }

    public ulong ListId { get; }

    /// <summary>Where a subscriber stands that has everything.</summary>
    public ListingPosition Position => new(ListId, _lastSeq, _entries.Digest);

    /// <summary>The number that the next change takes. It must be covered by a durable <see cref="SeqReserve"/>.</summary>
    public long NextSeq => checked(_lastSeq + 1);

    /// <summary>How many entries are listed, empty folders included.</summary>
    public int Count => _entries.Count;

    /// <summary>How many files are listed.</summary>
    public int Files => _entries.Files;

    /// <summary>The sum of the sizes.</summary>
    public long Bytes => _entries.Bytes;

    /// <summary>What the paths count for <see cref="ListingLimits.MaxPathBytes"/>.</summary>
    public long PathBytes => _entries.PathBytes;

    /// <summary>What is listed, in ordinal order of the paths. Do not change the listing while enumerating.</summary>
    public IEnumerable<FileEntry> Entries => _entries.Entries;

    public bool TryGet(FilePath path, [NotNullWhen(true)] out FileEntry? entry) => _entries.TryGet(path, out entry);

    /// <summary>
    /// The entries that must be removed before an entry of this kind can be put at this path: a file where it needs a
    /// folder, or the content of a folder where it is to be a file.
    /// </summary>
    public ImmutableArray<FileEntry> InTheWayOf(FilePath path, EntryKind kind) => [.. _entries.InTheWayOf(path, kind)];

    /// <summary>Lists a file or an empty folder, or lists it anew.</summary>
    /// <returns>The new entry with its number; null if the path is listed just so.</returns>
    /// <exception cref="ArgumentException">
    /// The values are no entry: a negative size, a time outside the years 1 to 9999, a folder with a size, root or
    /// executable bit, or <see cref="EntryKind.Removed"/>.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// Something is <see cref="InTheWayOf">in the way</see>, or the list would exceed <see cref="ListingLimits.MaxEntries"/> or
    /// <see cref="ListingLimits.MaxPathBytes"/>.
    /// </exception>
    public FileEntry? Put(FilePath path, EntryKind kind, long size, long mtimeTicks, bool executable, ContentRoot root)
    {
        if (kind == EntryKind.Removed)
            throw new ArgumentException($"'{path}' is taken off the list by {nameof(Remove)}.", nameof(kind));

        _entries.TryGet(path, out var before);
        var entry = new FileEntry
        {
            Path = before?.Path ?? path,
            Kind = kind,
            Size = size,
            MtimeTicks = mtimeTicks,
            Executable = executable,
            Root = root,
            Seq = NextSeq,
        };
        if (before is not null && before with { Seq = NextSeq } == entry)
            return null;

        Record(entry);
        return entry;
    }

    /// <summary>Takes the path off the list.</summary>
    /// <returns>The removal with its number; null if the path is not listed.</returns>
    public FileEntry? Remove(FilePath path)
    {
        if (!_entries.TryGet(path, out var before))
            return null;

        var removal = new FileEntry { Path = before.Path, Kind = EntryKind.Removed, Seq = NextSeq };
        Record(removal);
        return removal;
    }

    /// <summary>
    /// What a subscriber at this position misses, in batches that keep <see cref="ListingLimits"/>: the changes since,
    /// or a snapshot where those cannot be told (another list, a position that this list never had, removals too long
    /// ago). There is always at least one batch; a subscriber that has everything gets an empty one that says so.
    /// </summary>
    /// <remarks>
    /// Each batch is made from the list as it stands when it is pulled, so a change between two batches travels in a
    /// later one, and the last batch brings the subscriber to the <see cref="Position"/> of that moment. Where so much
    /// was removed meanwhile that the stream cannot go on, it starts over with a snapshot.
    /// </remarks>
    public IEnumerable<ListingBatch> After(ListingPosition have)
    {
        // Only removals above 'known' matter: a snapshot never mentions what was removed before it began.
        var (cursor, known) = Continues(have) ? (have.Seq, have.Seq) : (0, _lastSeq);
        while (true)
        {
            if (_removals.Floor > Math.Max(cursor, known))
                (cursor, known) = (0, _lastSeq);

            var batch = BatchAfter(cursor, known);
            yield return batch;
            if (!batch.More)
                yield break;
            cursor = batch.LastSeq;
        }
    }

    private bool Continues(ListingPosition have) =>
        have.ListId == ListId
        && have.Seq > 0
        && have.Seq >= _removals.Floor
        && (have.Seq < _lastSeq || have == Position);

    private ListingBatch BatchAfter(long cursor, long knownRemovals)
    {
        var entries = ImmutableArray.CreateBuilder<FileEntry>();
        var bytes = 0;
        foreach (var change in _changes.From(cursor + 1))
        {
            if (change.Kind == EntryKind.Removed && change.Seq <= knownRemovals)
                continue;

            bytes += ListingLimits.EncodedBytes(change);
            if (entries.Count == ListingLimits.MaxBatchEntries || bytes > ListingLimits.MaxBatchBytes)
                return new(Owner, ListId, cursor, entries[^1].Seq, entries.DrainToImmutable(), Digest: null, More: true);
            entries.Add(change);
        }

        return new(Owner, ListId, cursor, _lastSeq, entries.DrainToImmutable(), _entries.Digest, More: false);
    }

    private void Record(FileEntry change)
    {
        if (EntryRules.FaultOf(change) is { } fault)
            throw new ArgumentException($"{fault}.", nameof(change));
        var removed = change.Kind == EntryKind.Removed;
        if (!removed && _entries.RefusalOf(change) is { } refusal)
            throw new InvalidOperationException($"{refusal}.");

        var before = removed ? _entries.Remove(change.Path) : _entries.Put(change);
        Supersede(before ?? _removals.TakeBack(change.Path));
        _changes.Put(change, out _);
        if (removed)
            Supersede(_removals.Add(change));
        _lastSeq = change.Seq;
    }

    private void Supersede(FileEntry? change)
    {
        if (change is not null)
            _changes.Remove(change.Seq, out _);
    }
}
