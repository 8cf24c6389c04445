namespace P2PNode.Protocol;

/// <summary>How often a peer may do something: so many times at once, and so many times a second in the long run. Not thread-safe.</summary>
internal sealed class Allowance(int perSecond, int atOnce, TimeProvider clock)
{
    private double _left = atOnce;
    private long _last = clock.GetTimestamp();

    /// <summary>Uses it once; false where nothing is left.</summary>
    public bool TryTake()
    {
        Refill();
        if (_left < 1)
            return false;
        _left--;
        return true;
    }

    /// <summary>Uses it once though nothing may be left; says how long to wait until it is.</summary>
    public TimeSpan Reserve()
    {
        Refill();
        _left--;
        return _left >= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(-_left / perSecond);
    }

    private void Refill()
    {
        var now = clock.GetTimestamp();
        _left = Math.Min(atOnce, _left + clock.GetElapsedTime(_last, now).TotalSeconds * perSecond);
        _last = now;
    }
}
