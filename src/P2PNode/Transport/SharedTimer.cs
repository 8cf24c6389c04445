namespace P2PNode.Transport;

/// <summary>
/// One timer for many who have something to do every so often: with one for each link the threads of a leader of a thousand
/// would be woken two thousand times a second. Runs while somebody has joined. Thread-safe.
/// </summary>
/// <param name="every">How often.</param>
/// <param name="clock">Says when.</param>
internal sealed class SharedTimer(TimeSpan every, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly HashSet<Membership> _members = [];
    private ITimer? _timer;
    private int _isTicking;

    /// <summary>Calls something at each tick, one caller after the other; it must not wait, nor throw. A tick that is due while the last one still runs is left out.</summary>
    /// <returns>Ends that when it is disposed. One call may be under way then.</returns>
    public IDisposable Join(Action onTick)
    {
        var member = new Membership(this, onTick);
        lock (_gate)
        {
            _members.Add(member);
            _timer ??= clock.CreateTimer(static timer => ((SharedTimer)timer!).Tick(), this, every, every);
        }

        return member;
    }

    private void Tick()
    {
        if (Interlocked.Exchange(ref _isTicking, 1) != 0)
            return;
        CallAll();
        Volatile.Write(ref _isTicking, 0);
    }

    private void CallAll()
    {
        Membership[] members;
        lock (_gate)
            members = [.. _members]; // Who is called may end memberships.
        foreach (var member in members)
            member.OnTick();
    }

    private void Leave(Membership member)
    {
        lock (_gate)
        {
            if (!_members.Remove(member) || _members.Count > 0)
                return;
            _timer?.Dispose();
            _timer = null;
        }
    }

    private sealed class Membership(SharedTimer timer, Action onTick) : IDisposable
    {
        public Action OnTick => onTick;

        public void Dispose() => timer.Leave(this);
    }
}
