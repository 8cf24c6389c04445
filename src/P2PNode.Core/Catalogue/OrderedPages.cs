using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace P2PNode.Core.Catalogue;

/// <summary>A way to put items in order, by a key that no two of them share.</summary>
internal interface IPageOrder<TItem, TKey>
{
    static abstract TKey KeyOf(TItem item);

    static abstract int Compare(TKey left, TKey right);
}

/// <summary>
/// Items in order, in pages of at most 256: a B+ tree of two levels. Finding, adding and removing cost O(log n)
/// comparisons and the move of one page; appending fills pages wholly, adding anywhere else on average to 7 parts in 10.
/// Not safe for concurrent use, and not to be changed while an enumeration is under way.
/// </summary>
internal sealed class OrderedPages<TItem, TKey, TOrder>
    where TOrder : struct, IPageOrder<TItem, TKey>
{
    private const int PageSize = 256;

    private readonly List<List<TItem>> _pages = [];

    /// <summary>For each page a key that is above all of the page before and not above its own first.</summary>
    private readonly List<TKey> _starts = [];

    /// <summary>For each page what somebody worked out of its items; null again when they change.</summary>
    private readonly List<object?> _notes = [];

    public int Count { get; private set; }

    public int PageCount => _pages.Count;

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TItem item)
    {
        var (page, index, found) = Find(key);
        item = found ? _pages[page][index] : default;
        return found;
    }

    /// <summary>The last item whose key is below this one.</summary>
    public bool TryGetBefore(TKey key, [MaybeNullWhen(false)] out TItem item)
    {
        var (page, index, _) = Find(key);
        var found = index > 0 || page > 0;
        item = !found ? default : index > 0 ? _pages[page][index - 1] : _pages[page - 1][^1];
        return found;
    }

    /// <summary>Puts the item in its place; true if one of the same key was there, which it replaces.</summary>
    public bool Put(TItem item, [MaybeNullWhen(false)] out TItem replaced)
    {
        var key = TOrder.KeyOf(item);
        var (page, index, found) = Find(key);
        replaced = found ? _pages[page][index] : default;
        if (found)
            (_pages[page][index], _notes[page]) = (item, null);
        else
            Insert(page, index, key, item);
        return found;
    }

    /// <summary>Takes out the item of this key; false if there is none.</summary>
    public bool Remove(TKey key, [MaybeNullWhen(false)] out TItem removed)
    {
        var (page, index, found) = Find(key);
        removed = found ? _pages[page][index] : default;
        if (found)
            TakeOut(page, index);
        return found;
    }

    /// <summary>The items of one page, until the next change; page after page they are all items in order.</summary>
    public ReadOnlySpan<TItem> Page(int page) => CollectionsMarshal.AsSpan(_pages[page]);

    /// <summary>A place for whatever is worked out of the items of a page: it is cleared when they change.</summary>
    public ref object? Note(int page) => ref CollectionsMarshal.AsSpan(_notes)[page];

    /// <summary>All items in order.</summary>
    public IEnumerable<TItem> All() => From(0, 0);

    /// <summary>The items from this key on, the key itself included.</summary>
    public IEnumerable<TItem> From(TKey key)
    {
        var (page, index, _) = Find(key);
        return From(page, index);
    }

    private IEnumerable<TItem> From(int page, int index)
    {
        for (; page < _pages.Count; page++, index = 0)
        {
            for (; index < _pages[page].Count; index++)
                yield return _pages[page][index];
        }
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

    private static (int Index, bool Found) FindIn(List<TItem> page, TKey key)
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

    private void Insert(int page, int index, TKey key, TItem item)
    {
        if (_pages.Count == 0)
            Open(0, key, []);
        else if (_pages[page].Count == PageSize)
            (page, index) = MakeRoom(page, index, key);
        _pages[page].Insert(index, item);
        _notes[page] = null;
        Count++;
    }

    private (int Page, int Index) MakeRoom(int page, int index, TKey key)
    {
        // What comes in order goes behind a full page, so that it stays full; anywhere else a full page is halved.
        if (index == PageSize)
        {
            if (page + 1 < _pages.Count && _pages[page + 1].Count < PageSize)
                _starts[page + 1] = key;
            else
                Open(page + 1, key, []);
            return (page + 1, 0);
        }

        const int half = PageSize / 2;
        var full = _pages[page];
        var upper = full.GetRange(half, PageSize - half);
        full.RemoveRange(half, PageSize - half);
        _notes[page] = null;
        Open(page + 1, TOrder.KeyOf(upper[0]), upper);
        return index <= half ? (page, index) : (page + 1, index - half);
    }

    private void Open(int at, TKey start, List<TItem> page)
    {
        _pages.Insert(at, page);
        _starts.Insert(at, start);
        _notes.Insert(at, null);
    }

    private void TakeOut(int page, int index)
    {
        _pages[page].RemoveAt(index);
        _notes[page] = null;
        Count--;

        // A page joins a neighbour when both fit well into one: with some room left, or the next item would part them.
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
        _notes[page] = null;
        Close(page + 1);
    }

    private void Close(int page)
    {
        _pages.RemoveAt(page);
        _starts.RemoveAt(page);
        _notes.RemoveAt(page);
    }
}
