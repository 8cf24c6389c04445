using P2PNode.Core.Catalogue;

namespace P2PNode.Core.Transfer;

/// <summary>
/// What is to be fetched from one holder, and what of it is asked for now. At most one version of a path is known: a
/// newer one takes the place of an older. A failed file waits, twice as long each time. Not thread-safe.
/// </summary>
public sealed class FetchPlan(FetchWindow window)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    /// <summary>Every file that is not finished, by path.</summary>
    private readonly Dictionary<FilePath, Item> _items = [];
    private readonly Queue<Item> _ready = new();
    private readonly PriorityQueue<Item, TimeSpan> _paused = new();
    private readonly Dictionary<uint, (Item Item, FetchRange Range)> _underWay = [];
    private (Item Item, long Next)? _partly;
    private long _bytesUnderWay;
    private uint _tag;

    /// <summary>Files that are not finished.</summary>
    public int Files => _items.Count;

    /// <summary>Bytes of the files that are not finished.</summary>
    public long Bytes { get; private set; }

    /// <summary>Whether anything was asked for and not yet answered.</summary>
    public bool IsUnderWay => _underWay.Count > 0;

    /// <summary>The reasons why files wait for another attempt.</summary>
    public IEnumerable<string> Reasons => _items.Values.Select(item => item.Reason).OfType<string>();

    /// <summary>When the next paused file is due; null where none is.</summary>
    public TimeSpan? NextDue => _paused.TryPeek(out _, out var due) ? due : null;

    /// <summary>The file that is asked for next; null while none is ready.</summary>
    public FileEntry? Peek(TimeSpan now) =>
        _partly is { Item.Dropped: false } partly ? partly.Item.Entry : PeekReady(now)?.Entry;

    /// <summary>Adds a file, or puts its newer version in the place of an older one.</summary>
    public void Add(FileEntry entry)
    {
        Remove(entry.Path);
        var item = new Item(entry);
        _items.Add(entry.Path, item);
        Bytes += entry.Size;
        _ready.Enqueue(item);
    }

    /// <summary>Forgets a file; what is under way of it is still received, and then ignored.</summary>
    public bool Remove(FilePath path)
    {
        if (!_items.Remove(path, out var item))
            return false;
        Bytes -= item.Entry.Size;
        item.Dropped = true;
        return true;
    }

    /// <summary>The next range to ask for; null while the window is full or nothing is ready.</summary>
    public FetchRange? Next(TimeSpan now)
    {
        if (_underWay.Count >= window.Ranges || _bytesUnderWay >= window.Bytes)
            return null;
        if (_partly is not { Item.Dropped: false } partly)
        {
            if (NextReady(now) is not { } item)
                return null;
            partly = (item, 0);
        }

        var length = (int)Math.Min(window.RangeBytes, partly.Item.Entry.Size - partly.Next);
        var range = new FetchRange(unchecked(++_tag), partly.Item.Entry, partly.Next, length);
        _underWay.Add(range.Tag, (partly.Item, range));
        _bytesUnderWay += length;
        _partly = range.IsLast ? null : (partly.Item, partly.Next + length);
        return range;
    }

    /// <summary>The range that a tag names, or null where the holder made it up or answered before.</summary>
    public FetchRange? Find(uint tag) => _underWay.TryGetValue(tag, out var found) ? found.Range : null;

    /// <summary>Whether a range is still of use: its file was neither dropped nor failed meanwhile.</summary>
    public bool IsWanted(FetchRange range) => _underWay.TryGetValue(range.Tag, out var found) && !found.Item.Dropped;

    /// <summary>Notes that a range was answered, whatever the answer; its room in the window is free again.</summary>
    public void Answered(FetchRange range)
    {
        if (_underWay.Remove(range.Tag))
            _bytesUnderWay -= range.Length;
    }

    /// <summary>Notes that a file is in place. False where another version is wanted by now.</summary>
    public bool Finished(FileEntry entry) =>
        _items.TryGetValue(entry.Path, out var item) && item.Entry == entry && Remove(entry.Path);

    /// <summary>Has a file wait and be tried again from its beginning.</summary>
    /// <returns>Whether this is news: the file did not fail for this reason the last time, and is wanted still.</returns>
    public bool Failed(FileEntry entry, string reason, TimeSpan now)
    {
        if (!_items.TryGetValue(entry.Path, out var item) || item.Entry != entry)
            return false;

        // A new item in place of the old one: ranges of the failed attempt that still come are thereby ignored.
        item.Dropped = true;
        var again = new Item(entry) { Attempts = item.Attempts + 1, Reason = reason };
        _items[entry.Path] = again;
        var pause = TimeSpan.FromTicks(Math.Min(FirstPause.Ticks << Math.Min(item.Attempts, 10), LongestPause.Ticks));
        _paused.Enqueue(again, now + pause);
        return item.Reason != reason;
    }

    /// <summary>The link is gone: whatever was under way is asked for again on the next one, from its beginning.</summary>
    public void LinkLost()
    {
        var cut = _underWay.Values.Select(found => found.Item);
        if (_partly is { } partly)
            cut = cut.Append(partly.Item);
        foreach (var item in cut.Distinct().Where(item => !item.Dropped).ToList())
            _ready.Enqueue(item);
        _underWay.Clear();
        _bytesUnderWay = 0;
        _partly = null;
    }

    private Item? NextReady(TimeSpan now)
    {
        var item = PeekReady(now);
        if (item is not null)
            _ready.Dequeue();
        return item;
    }

    private Item? PeekReady(TimeSpan now)
    {
        while (_paused.TryPeek(out _, out var due) && due <= now)
            _ready.Enqueue(_paused.Dequeue());
        while (_ready.TryPeek(out var item))
        {
            if (!item.Dropped)
                return item;
            _ready.Dequeue();
        }

        return null;
    }

    private sealed class Item(FileEntry entry)
    {
        public FileEntry Entry { get; } = entry;

        public int Attempts { get; init; }

        public string? Reason { get; init; }

        /// <summary>Whether another version, another attempt or nothing took its place.</summary>
        public bool Dropped { get; set; }
    }
}
