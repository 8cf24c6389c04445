namespace P2PNode.Core.Transfer;

/// <summary>
/// Who brings the end of a large file. Each of the last pieces is asked of the link that is likely to have it soonest, so
/// that a slow one does not keep the others waiting; one that is late all the same is asked for a second time.
/// </summary>
internal static class FetchTail
{
    /// <summary>Where more pieces are left than this, every link gets some of them.</summary>
    private const int MostPieces = 64;

    /// <summary>What a link is taken to carry while none has shown it.</summary>
    private const double BytesPerSecond = 10 << 20;

    /// <summary>A piece that comes sooner by less is not worth sending it twice.</summary>
    private const double LeastGainSeconds = 0.1;

    /// <summary>After this time a link that gets nothing asks again, as another may have fallen silent.</summary>
    public static TimeSpan Review { get; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How many of the pieces that nobody was asked for a link is to bring.</summary>
    /// <param name="lane">The link.</param>
    /// <param name="others">The other links that can bring them.</param>
    /// <param name="free">How many pieces there are.</param>
    /// <param name="most">So many are of interest.</param>
    /// <param name="now">The time.</param>
    public static int ShareOf(FetchLane lane, IReadOnlyCollection<FetchLane> others, int free, int most, TimeSpan now)
    {
        if (free > MostPieces)
            return most;

        // Piece after piece goes to the link that is done with it first.
        var usual = UsualRate([lane, .. others]);
        var rivals = new PriorityQueue<FetchLane, double>(others.Select(other => (other, SecondsForOneMore(other, usual, now))));
        var done = SecondsForOneMore(lane, usual, now);
        var share = 0;
        for (; free > 0 && share < most; free--)
        {
            if (!rivals.TryPeek(out var rival, out var rivalDone) || done <= rivalDone)
            {
                share++;
                done += PieceSeconds(lane, usual);
            }
            else
            {
                rivals.DequeueEnqueue(rival, rivalDone + PieceSeconds(rival, usual));
            }
        }

        return share;
    }

    /// <summary>
    /// Of the pieces that only other holders were asked for, the one that comes last, if this link is likely to bring it in
    /// half the time; null where there is none.
    /// </summary>
    public static int? LateFor(FetchLane lane, IReadOnlyCollection<FetchLane> lanes, FetchItem item, TimeSpan now)
    {
        var usual = UsualRate(lanes);
        var late =
            from other in lanes
            where other.Holder != lane.Holder
            from underWay in other.PiecesUnderWay(item)
            where item.Pieces!.IsAskedOnceOf(other.Holder, underWay.Piece)
            select (underWay.Piece, Seconds: other.SecondsFor(underWay.Bytes, usual, now));
        var (piece, seconds) = late.DefaultIfEmpty().MaxBy(one => one.Seconds);
        var here = SecondsForOneMore(lane, usual, now);
        return seconds >= 2 * here && seconds - here >= LeastGainSeconds ? piece : null;
    }

    private static double SecondsForOneMore(FetchLane lane, double usual, TimeSpan now) =>
        lane.SecondsFor(lane.Bytes + PieceLayer.PieceSize, usual, now);

    private static double PieceSeconds(FetchLane lane, double usual) => PieceLayer.PieceSize / (lane.Rate > 0 ? lane.Rate : usual);

    private static double UsualRate(IEnumerable<FetchLane> lanes) =>
        lanes.Where(lane => lane.Rate > 0).Select(lane => lane.Rate).DefaultIfEmpty(BytesPerSecond).Average();
}
