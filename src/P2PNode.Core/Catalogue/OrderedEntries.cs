using System.Diagnostics.CodeAnalysis;

namespace P2PNode.Core.Catalogue;

/// <summary>One way to put entries in order; the key must not occur twice.</summary>
internal interface IEntryOrder<TKey>
{
    static abstract TKey KeyOf(FileEntry entry);

    static abstract int Compare(TKey left, TKey right);
}

/// <summary>By the number of the change that brought the entry.</summary>
internal readonly struct BySeq : IEntryOrder<long>
{
    public static long KeyOf(FileEntry entry) => entry.Seq;

    public static int Compare(long left, long right) => left.CompareTo(right);
}

/// <summary>By path, ordinal: what lies under a folder stands together, from "folder/" on.</summary>
internal readonly struct ByPath : IEntryOrder<string>
{
    public static string KeyOf(FileEntry entry) => entry.Path.Value;

    public static int Compare(string left, string right) => string.CompareOrdinal(left, right);
}

/// <summary>
/// Entries in order of a key, in pages of at most 256: a B+ tree of two levels. Finding, adding and removing cost
/// O(log n) comparisons and the move of one page; appending fills pages wholly, so that an entry costs 8 to 16 bytes.
/// Not safe for concurrent use, and not to be changed while an enumeration is under way.
/// </summary>
internal sealed class OrderedEntries<TKey, TOrder>
    where TOrder : struct, IEntryOrder<TKey>
{
    private const int PageSize = 256;

    private readonly List<List<FileEntry>> _pages = [];

    /// <summary>For each page a key that is above all of the page before and not above its own first.</summary>
    private readonly List<TKey> _starts = [];

    public int Count { get; private set; }

    public bool TryGet(TKey key, [NotNullWhen(true)] out FileEntry? entry)
    {
        var (page, index, found) = Find(key);
        entry = found ? _pages[page][index] : null;
        return found;
    }

    /// <summary>Puts the entry in its place and returns the one of the same key that it replaces, if there was one.</summary>
    public FileEntry? Put(FileEntry entry)
    {
        var key = TOrder.KeyOf(entry);
        var (page, index, found) = Find(key);
        if (found)
        {
            var before = _pages[page][index];
            _pages[page][index] = entry;
            return before;
        }

        Count++;
        if (_pages.Count == 0)
            Open(0, key, []);
        else if (_pages[page].Count == PageSize)
            (page, index) = MakeRoom(page, index, key);
        _pages[page].Insert(index, entry);
        return null;
    }

    /// <summary>Removes and returns the entry of this key; null if there is none.</summary>
    public FileEntry? Remove(TKey key)
    {
        var (page, index, found) = Find(key);
        if (!found)
            return null;

        var removed = _pages[page][index];
        _pages[page].RemoveAt(index);
        Count--;
        Shrink(page);
        return removed;
    }

    /// <summary>All entries from this key on, the key itself included.</summary>
    public IEnumerable<FileEntry> From(TKey key)
    {
        var (page, index, _) = Find(key);
        for (; page < _pages.Count; page++, index = 0)
        {
            for (; index < _pages[page].Count; index++)
                yield return _pages[page][index];
        }
    }

    public IEnumerable<FileEntry> All() => _pages.SelectMany(page => page);

    /// <summary>The last entry whose key is below this one; null if there is none.</summary>
    public FileEntry? Before(TKey key)
    {
        var (page, index, _) = Find(key);
        if (index > 0)
            return _pages[page][index - 1];
        return page > 0 ? _pages[page - 1][^1] : null;
    }

    /// <summary>Where the key is, or where it belongs.</summary>
    private (int Page, int Index, bool Found) Find(TKey key)
    {
        if (_pages.Count == 0)
            return (0, 0, false);

        var (low, high) = (0, _starts.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (TOrder.Compare(_starts[middle], key) <= 0)
                low = middle;
            else
                high = middle - 1;
        }

        var (index, found) = FindIn(_pages[low], key);
        return (low, index, found);
    }

    private static (int Index, bool Found) FindIn(List<FileEntry> page, TKey key)
    {
        var (low, high) = (0, page.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var order = TOrder.Compare(TOrder.KeyOf(page[middle]), key);
            if (order == 0)
                return (middle, true);
            if (order < 0)
                low = middle + 1;
            else
                high = middle - 1;
        }

        return (low, false);
    }

    private (int Page, int Index) MakeRoom(int page, int index, TKey key)
    {
        // What comes in order goes to a new page, so that pages stay full; anywhere else a full page is halved.
        if (index == PageSize)
        {
            Open(page + 1, key, []);
            return (page + 1, 0);
        }

        const int half = PageSize / 2;
        var full = _pages[page];
        var upper = full.GetRange(half, PageSize - half);
        full.RemoveRange(half, PageSize - half);
        Open(page + 1, TOrder.KeyOf(upper[0]), upper);
        return index <= half ? (page, index) : (page + 1, index - half);
    }

    private void Open(int at, TKey start, List<FileEntry> page)
    {
        _pages.Insert(at, page);
        _starts.Insert(at, start);
    }

    /// <summary>Joins a page that lost an entry to a neighbour when both fit well into one.</summary>
    private void Shrink(int page)
    {
        const int enough = PageSize / 2;
        if (page + 1 < _pages.Count && _pages[page].Count + _pages[page + 1].Count <= enough)
            Join(page);
        else if (page > 0 && _pages[page - 1].Count + _pages[page].Count <= enough)
            Join(page - 1);
        else if (_pages[page].Count == 0)
            Close(page);
    }

    private void Join(int page)
    {
        _pages[page].AddRange(_pages[page + 1]);
        Close(page + 1);
    }

    private void Close(int page)
    {
        _pages.RemoveAt(page);
        _starts.RemoveAt(page);
    }
}
