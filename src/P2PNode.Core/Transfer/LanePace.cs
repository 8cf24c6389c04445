namespace P2PNode.Core.Transfer;

/// <summary>
/// How fast one link brings what it is asked for, from the time between asking for a range of pieces and its end. Of that
/// follows how much to ask for ahead: what keeps the link busy, and no more, as what was asked for cannot be taken back.
/// Not thread-safe.
/// </summary>
internal sealed class LanePace(FetchWindow window)
{
    /// <summary>A shorter time measures buffers, not the link.</summary>
    private static readonly TimeSpan LeastSample = TimeSpan.FromMilliseconds(1);

    private long _came;
    private TimeSpan? _delay;

    /// <summary>When bytes came last, or, if nothing was under way then, when they were asked for.</summary>
    private TimeSpan _since;
    private bool _isFirstDue;

    /// <summary>Bytes in a second; 0 while it is not known.</summary>
    public double Rate { get; private set; }

    /// <summary>How many bytes of pieces to have under way.</summary>
    public long Allowance
    {
        get
        {
            // Twice the delay, so that a link that is not yet busy all the time shows it by a higher rate.
            var ahead = _delay is { } delay && 2 * delay > window.Ahead ? 2 * delay : window.Ahead;
            return Math.Min(window.Bytes, Math.Max(window.LeastBytes, (long)Math.Min(window.Bytes, Rate * ahead.TotalSeconds)));
        }
    }

    /// <summary>Notes a range that is asked for now.</summary>
    /// <param name="isIdle">Whether nothing else is under way.</param>
    /// <param name="kind">What it is of. Who is asked for a layer may first have to hash the file.</param>
    /// <param name="now">The time.</param>
    /// <returns>What <see cref="Answered"/> is to be given.</returns>
    public (TimeSpan At, long Came) Asked(bool isIdle, RangeKind kind, TimeSpan now)
    {
        if (isIdle)
            (_since, _isFirstDue) = (now, kind is RangeKind.Pieces);
        return (now, _came);
    }

    public void Came(int bytes, TimeSpan now)
    {
        if (_isFirstDue && (_delay is null || now - _since < _delay))
            _delay = now - _since;
        (_isFirstDue, _since) = (false, now);
        _came += bytes;
    }

    /// <summary>Notes that all of a range of pieces has come.</summary>
    public void Answered((TimeSpan At, long Came) asked)
    {
        var took = _since - asked.At;
        if (_came > asked.Came)
            Rate = (_came - asked.Came) / (took > LeastSample ? took : LeastSample).TotalSeconds;
    }

    /// <summary>
    /// In how many seconds this link is likely to have brought so many bytes more. One that is silent is believed to stay so
    /// for as long again, and to be the slower for it.
    /// </summary>
    /// <param name="bytes">How many, with those that are under way before them.</param>
    /// <param name="isIdle">Whether nothing is under way.</param>
    /// <param name="usual">The rate of a link that has not shown its own.</param>
    /// <param name="now">The time.</param>
    public double SecondsFor(long bytes, bool isIdle, double usual, TimeSpan now)
    {
        var rate = Rate > 0 ? Rate : usual;
        if (isIdle)
            return (_delay ?? default).TotalSeconds + (bytes / rate);
        var silence = (now - _since).TotalSeconds;
        return silence + (bytes / (silence > 0 ? Math.Min(rate, PieceLayer.PieceSize / silence) : rate));
    }
}
