using P2PNode.Core.Catalogue;

namespace P2PNode.Core.Transfer;

/// <summary>
/// Which files of one owner are to be fetched, and what of them is asked for over which link. Small files go over the
/// first link back to back; of large ones the piece layer comes first, then any piece over any link. At most one version
/// of a path is known: a newer one takes the place of an older. A failed file waits, twice as long each time. Not
/// thread-safe.
/// </summary>
public sealed class FetchPlan(FetchWindow window)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    /// <summary>Every file that is not finished, by path.</summary>
    private readonly Dictionary<FilePath, FetchItem> _items = [];
    private readonly ReadyItems _small = new();
    private readonly ReadyItems _large = new();

    /// <summary>Large files that were begun, the oldest first.</summary>
    private readonly List<FetchItem> _begun = [];
    private readonly PriorityQueue<FetchItem, TimeSpan> _paused = new();
    private readonly List<FetchLane> _lanes = [];

    /// <summary>Files that are not finished.</summary>
    public int Files => _items.Count;

    /// <summary>Bytes of the files that are not finished.</summary>
    public long Bytes { get; private set; }

    /// <summary>Whether anything was asked for and not yet answered.</summary>
    public bool IsUnderWay => _lanes.Exists(lane => lane.IsUnderWay);

    /// <summary>The reasons why files wait for another attempt.</summary>
    public IEnumerable<string> Reasons => _items.Values.Select(item => item.Reason).OfType<string>();

    /// <summary>When the next paused file is due; null where none is.</summary>
    public TimeSpan? NextDue => _paused.TryPeek(out _, out var due) ? due : null;

    /// <summary>The large files that are being fetched, and those whose layer is.</summary>
    public IReadOnlyList<FetchItem> Begun => _begun;

    /// <summary>The links, in the order in which they were opened.</summary>
    public IReadOnlyList<FetchLane> Lanes => _lanes;

    /// <summary>Adds a file, or puts its newer version in the place of an older one.</summary>
    /// <param name="entry">The file.</param>
    /// <param name="isHeld">Whether it is not to be fetched unless it is <see cref="Release"/>d.</param>
    public FetchItem Add(FileEntry entry, bool isHeld = false)
    {
        Remove(entry.Path);
        var item = new FetchItem(entry) { IsHeld = isHeld };
        _items.Add(entry.Path, item);
        Bytes += entry.Size;
        if (!isHeld)
            Ready(item);
        return item;
    }

    /// <summary>Has a file that was held be fetched, if it is wanted still.</summary>
    public void Release(FetchItem item)
    {
        item.IsHeld = false;
        if (!item.IsDropped)
            Ready(item);
    }

    /// <summary>Whether a file is held.</summary>
    public bool Holds(FilePath path) => _items.TryGetValue(path, out var item) && item.IsHeld;

    /// <summary>Forgets a file; what is under way of it is still received, and then ignored.</summary>
    public FetchItem? Remove(FilePath path)
    {
        if (!_items.Remove(path, out var item))
            return null;
        Bytes -= item.Entry.Size;
        Drop(item);
        return item;
    }

    /// <summary>A file that no link can give more of as they are, though it waits for nothing; null where there is none.</summary>
    /// <param name="now">The time.</param>
    /// <param name="mostLanes">So many links may share a large file.</param>
    public FetchItem? NeedsLane(TimeSpan now, int mostLanes)
    {
        TakeDue(now);

        // First what comes over no link at all; that a large file might have one more must not hold it up.
        return _begun.Find(item => LanesOf(item) == 0)
            ?? _small.PeekFor(_lanes)
            ?? (_begun.Count < window.LargeFiles ? _large.PeekFor(_lanes) : null)
            ?? _begun.Find(item => LanesOf(item) < mostLanes && item.Pieces is { Left: > 0 } pieces && pieces.Left > 2 * LanesOf(item));
    }

    /// <summary>Adds a link.</summary>
    public FetchLane Open(NodeId holder)
    {
        var lane = new FetchLane(holder, window);
        _lanes.Add(lane);
        return lane;
    }

    /// <summary>The next range to ask for over a link; null while its window is full or nothing is to be had over it.</summary>
    public FetchRange? Next(FetchLane lane, TimeSpan now)
    {
        if (lane.Ranges >= window.Ranges || lane.Bytes >= window.Bytes)
            return null;
        TakeDue(now);
        if (lane.Partly is { Item.IsDropped: false } partly)
            return NextOf(lane, partly.Item, partly.Kind, partly.Next, now);
        if (TakesSmall(lane) && _small.TakeFor(lane) is { } small)
            return Begin(lane, small, RangeKind.Stream, now);
        if (lane.Bytes >= lane.Allowance)
            return null;
        if (NextPieces(lane, now) is { } pieces)
            return pieces;
        if (_begun.Count >= window.LargeFiles || _large.TakeFor(lane) is not { } large)
            return NextLate(lane, now);
        _begun.Add(large);
        return Begin(lane, large, RangeKind.Layer, now);
    }

    /// <summary>When a link over which nothing is to be had is to ask again, if nothing changes before; null for never.</summary>
    public TimeSpan? DueFor(FetchLane lane, TimeSpan now)
    {
        var mayBeLate = _begun.Exists(item => item.Pieces is { Left: > 0 } && !item.IsLackedBy(lane.Holder));
        return mayBeLate && !(NextDue < now + FetchTail.Review) ? now + FetchTail.Review : NextDue;
    }

    /// <summary>Notes that a piece is here and verified.</summary>
    /// <returns>Whether it was the last one that was missing.</returns>
    public bool Verified(FetchItem item, int piece) => item.Pieces!.Verify(piece) && IsWhole(item);

    /// <summary>Whether all pieces are here; the file then no longer counts among those that are fetched.</summary>
    public bool IsWhole(FetchItem item)
    {
        if (item.Pieces is not { Left: 0 })
            return false;
        _begun.Remove(item);
        return true;
    }

    /// <summary>The holder of a link has not the version that is meant: others are asked, from the beginning where need be.</summary>
    public void Lacks(FetchLane lane, FetchItem item, string reason)
    {
        item.NoteLack(lane.Holder, reason);
        foreach (var other in _lanes.Where(other => other.Holder == lane.Holder))
            Restart(other, item);

        // Its layer came, all of it, and was not the one.
        if (item.Pieces is null && !item.IsDropped && _begun.Contains(item) && !_lanes.Exists(other => other.Begun.Contains(item)))
            Restart(item);
    }

    /// <summary>Notes that a file is in place. False where another version is wanted by now.</summary>
    public bool Finished(FetchItem item) => !item.IsDropped && Remove(item.Entry.Path) is not null;

    /// <summary>Has a file wait and be tried again.</summary>
    /// <returns>Whether this is news: the file did not fail for this reason the last time, and is wanted still.</returns>
    public bool Failed(FetchItem item, string reason, TimeSpan now)
    {
        if (item.IsDropped)
            return false;

        // A new item in place of the old one: ranges of the failed attempt that still come are thereby ignored.
        Drop(item);
        var again = new FetchItem(item.Entry, item.Attempts + 1, reason);
        _items[item.Entry.Path] = again;
        var pause = TimeSpan.FromTicks(Math.Min(FirstPause.Ticks << Math.Min(item.Attempts, 10), LongestPause.Ticks));
        _paused.Enqueue(again, now + pause);
        return item.Reason != reason;
    }

    /// <summary>The link is gone: what was under way over it is asked for again over another.</summary>
    public void Close(FetchLane lane)
    {
        _lanes.Remove(lane);
        foreach (var item in lane.Begun.ToList())
            Restart(lane, item);
        foreach (var range in lane.UnderWay.ToList())
            lane.Answered(range);
    }

    private int LanesOf(FetchItem item) => _lanes.Count(lane => !item.IsLackedBy(lane.Holder));

    private bool IsLarge(FetchItem item) => item.Entry.Size >= window.LargeFrom;

    /// <summary>Small files lie back to back on one link; the others are for the large ones.</summary>
    private bool TakesSmall(FetchLane lane) => _lanes.Find(other => other.Holder == lane.Holder) == lane;

    private FetchRange Begin(FetchLane lane, FetchItem item, RangeKind kind, TimeSpan now)
    {
        lane.Begun.Add(item);
        return NextOf(lane, item, kind, 0, now);
    }

    private FetchRange NextOf(FetchLane lane, FetchItem item, RangeKind kind, long offset, TimeSpan now)
    {
        var length = (int)Math.Min(window.RangeBytes, item.LengthOf(kind) - offset);
        var range = lane.Ask(item, kind, offset, length, now);
        lane.Partly = range.IsLast ? null : (item, kind, offset + length);
        return range;
    }

    private FetchRange? NextPieces(FetchLane lane, TimeSpan now)
    {
        // Several ranges to an allowance, so that there is one to ask for as soon as another has come.
        var most = (int)Math.Clamp(lane.Allowance / 4, PieceLayer.PieceSize, Math.Max(window.RangeBytes, PieceLayer.PieceSize)) / PieceLayer.PieceSize;
        foreach (var item in _begun)
        {
            if (item.Pieces is { Free: > 0 } pieces && !item.IsLackedBy(lane.Holder)
                && FetchTail.ShareOf(lane, RivalsOf(lane, item), pieces.Free, most, now) is > 0 and var share)
                return AskPieces(lane, item, pieces.TakeFree(lane.Holder, share), now);
        }

        return null;
    }

    /// <summary>The other links that can bring pieces of a file, and have no small ones to bring first.</summary>
    private List<FetchLane> RivalsOf(FetchLane lane, FetchItem item) =>
        _lanes.FindAll(other => other != lane && !item.IsLackedBy(other.Holder) && (_small.IsEmpty || !TakesSmall(other)));

    private FetchRange? NextLate(FetchLane lane, TimeSpan now)
    {
        if (lane.Bytes >= PieceLayer.PieceSize)
            return null;
        foreach (var item in _begun)
        {
            if (item.Pieces is not { Free: 0 } pieces || pieces.Doubled >= window.LastPieces || item.IsLackedBy(lane.Holder)
                || FetchTail.LateFor(lane, _lanes, item, now) is not { } late)
                continue;
            pieces.TakeSecond(late, lane.Holder);
            return AskPieces(lane, item, (late, 1), now, isSecond: true);
        }

        return null;
    }

    private static FetchRange AskPieces(FetchLane lane, FetchItem item, (int First, int Count) taken, TimeSpan now, bool isSecond = false) => lane.Ask(
        item,
        RangeKind.Pieces,
        (long)taken.First * PieceLayer.PieceSize,
        item.Pieces!.LengthOf(taken.First, taken.Count),
        now,
        isSecond);

    /// <summary>What came of a file or a layer over this link is given up.</summary>
    private void Restart(FetchLane lane, FetchItem item)
    {
        if (lane.Partly?.Item == item)
            lane.Partly = null;
        if (lane.Begun.Remove(item) && !item.IsDropped)
            Restart(item);
    }

    private void Restart(FetchItem item)
    {
        _begun.Remove(item);
        Ready(item);
    }

    private void Ready(FetchItem item) => (IsLarge(item) ? _large : _small).Add(item);

    private void Drop(FetchItem item)
    {
        item.IsDropped = true;
        _begun.Remove(item);
    }

    private void TakeDue(TimeSpan now)
    {
        while (_paused.TryPeek(out var item, out var due) && due <= now)
        {
            _paused.Dequeue();
            if (!item.IsDropped)
                Ready(item);
        }
    }
}
