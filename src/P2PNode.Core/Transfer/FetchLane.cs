namespace P2PNode.Core.Transfer;

/// <summary>What is asked for over one bulk link. Belongs to its plan, and is as little thread-safe.</summary>
public sealed class FetchLane
{
    private readonly Dictionary<uint, FetchRange> _underWay = [];
    private uint _tag;

    internal FetchLane(NodeId holder) => Holder = holder;

    /// <summary>Who is at the other end.</summary>
    public NodeId Holder { get; }

    /// <summary>Whether anything was asked for and not yet answered.</summary>
    public bool IsUnderWay => _underWay.Count > 0;

    internal int Ranges => _underWay.Count;

    internal long Bytes { get; private set; }

    /// <summary>The file or layer that is asked for in part: what comes next of it goes over this link too.</summary>
    internal (FetchItem Item, RangeKind Kind, long Next)? Partly { get; set; }

    /// <summary>Files and layers that were begun over this link and are not whole.</summary>
    internal HashSet<FetchItem> Begun { get; } = [];

    internal IEnumerable<FetchRange> UnderWay => _underWay.Values;

    /// <summary>The range that a tag names, or null where the holder made it up or answered before.</summary>
    public FetchRange? Find(uint tag) => _underWay.GetValueOrDefault(tag);

    internal FetchRange Ask(FetchItem item, RangeKind kind, long offset, int length, bool isSecond = false)
    {
        var range = new FetchRange(unchecked(++_tag), item, kind, offset, length, isSecond);
        _underWay.Add(range.Tag, range);
        Bytes += length;
        return range;
    }

    /// <summary>
    /// Notes that a range was answered, whatever the answer: its room in the window is free again, and pieces of it that
    /// are not verified may be asked for anew.
    /// </summary>
    public void Answered(FetchRange range)
    {
        if (!_underWay.Remove(range.Tag))
            return;
        Bytes -= range.Length;
        if (range.Kind is RangeKind.Pieces)
        {
            foreach (var piece in range.Pieces)
                range.Item.Pieces?.Release(piece, Holder);
        }
        else if (range.IsLast)
        {
            Begun.Remove(range.Item);
        }
    }
}
