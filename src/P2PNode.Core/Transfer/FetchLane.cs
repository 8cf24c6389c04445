namespace P2PNode.Core.Transfer;

/// <summary>What is asked for over one bulk link. Belongs to its plan, and is as little thread-safe.</summary>
public sealed class FetchLane
{
    private readonly Dictionary<uint, (FetchRange Range, (TimeSpan, long) Asked)> _underWay = [];
    private readonly LanePace _pace;
    private uint _tag;

    /// <summary>Bytes that have come of the range that is being answered.</summary>
    private int _cameOfRange;

    internal FetchLane(NodeId holder, FetchWindow window) => (Holder, _pace) = (holder, new LanePace(window));

    /// <summary>Who is at the other end.</summary>
    public NodeId Holder { get; }

    /// <summary>Whether anything was asked for and not yet answered.</summary>
    public bool IsUnderWay => _underWay.Count > 0;

    internal int Ranges => _underWay.Count;

    /// <summary>Bytes that were asked for and have not come.</summary>
    internal long Bytes { get; private set; }

    /// <inheritdoc cref="LanePace.Allowance"/>
    internal long Allowance => _pace.Allowance;

    /// <inheritdoc cref="LanePace.Rate"/>
    internal double Rate => _pace.Rate;

    /// <summary>The file or layer that is asked for in part: what comes next of it goes over this link too.</summary>
    internal (FetchItem Item, RangeKind Kind, long Next)? Partly { get; set; }

    /// <summary>Files and layers that were begun over this link and are not whole.</summary>
    internal HashSet<FetchItem> Begun { get; } = [];

    internal IEnumerable<FetchRange> UnderWay => _underWay.Values.Select(asked => asked.Range);

    /// <summary>The range that a tag names, or null where the holder made it up or answered before.</summary>
    public FetchRange? Find(uint tag) => _underWay.TryGetValue(tag, out var asked) ? asked.Range : null;

    /// <summary>Notes that bytes of the range that is being answered have come.</summary>
    public void Came(int bytes, TimeSpan now)
    {
        _cameOfRange += bytes;
        Bytes -= bytes;
        _pace.Came(bytes, now);
    }

    /// <summary>
    /// Notes that a range was answered, whatever the answer: its room in the window is free again, and pieces of it that
    /// are not verified may be asked for anew.
    /// </summary>
    public void Answered(FetchRange range)
    {
        if (!_underWay.Remove(range.Tag, out var asked))
            return;
        Bytes -= range.Length - _cameOfRange;
        _cameOfRange = 0;
        if (range.Kind is RangeKind.Pieces)
        {
            _pace.Answered(asked.Asked);
            foreach (var piece in range.Pieces)
                range.Item.Pieces?.Release(piece, Holder);
        }
        else if (range.IsLast)
        {
            Begun.Remove(range.Item);
        }
    }

    internal FetchRange Ask(FetchItem item, RangeKind kind, long offset, int length, TimeSpan now, bool isSecond = false)
    {
        var range = new FetchRange(unchecked(++_tag), item, kind, offset, length, isSecond);
        _underWay.Add(range.Tag, (range, _pace.Asked(!IsUnderWay, kind, now)));
        Bytes += length;
        return range;
    }

    /// <summary>In how many seconds so many bytes are likely to be here.</summary>
    /// <inheritdoc cref="LanePace.SecondsFor" path="/param"/>
    internal double SecondsFor(long bytes, double usual, TimeSpan now) => _pace.SecondsFor(bytes, !IsUnderWay, usual, now);

    /// <summary>The pieces of a file that are under way, and how many bytes come until each is here.</summary>
    internal IEnumerable<(int Piece, long Bytes)> PiecesUnderWay(FetchItem item)
    {
        var bytes = -(long)_cameOfRange;
        foreach (var range in UnderWay.OrderBy(range => range.Tag))
        {
            if (range.Kind is RangeKind.Pieces && range.Item == item)
            {
                foreach (var piece in range.Pieces)
                    yield return (piece, bytes + Math.Min(range.Length, (long)(piece + 1 - range.FirstPiece) * PieceLayer.PieceSize));
            }

            bytes += range.Length;
        }
    }
}
