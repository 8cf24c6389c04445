namespace P2PNode.Sim.Network;

/// <summary>What will happen, in order of virtual time; what is due at the same time happens in the order of planning.</summary>
internal sealed class EventQueue
{
    private readonly PriorityQueue<SimEvent, (long Ticks, long Order)> _events = new();
    private long _planned;

    public TimeSpan Now { get; private set; }

    /// <summary>How many events have happened.</summary>
    public long Count { get; private set; }

    public void At(TimeSpan time, SimEvent what) => _events.Enqueue(what, (Math.Max(time.Ticks, Now.Ticks), _planned++));

    public void After(TimeSpan delay, SimEvent what) => At(Now + delay, what);

    public bool TryTake(TimeSpan until, out SimEvent what)
    {
        if (!_events.TryPeek(out what, out var due) || due.Ticks > until.Ticks)
        {
            Now = until;
            return false;
        }

        _events.Dequeue();
        (Now, Count) = (new TimeSpan(due.Ticks), Count + 1);
        return true;
    }
}
