namespace P2PNode.Tests.Simulation.VirtualTime;

/// <summary>What will happen, in order of virtual time; what is due at the same time happens in the order of planning.</summary>
internal sealed class EventQueue
{
    private readonly PriorityQueue<Action, Due> _events = new();
    private long _planned;

    public TimeSpan Now { get; private set; }

    /// <summary>How many events have happened.</summary>
    public long Count { get; private set; }

    public void At(TimeSpan time, Action happen) =>
        _events.Enqueue(happen, new Due(time < Now ? Now : time, _planned++));

    public void After(TimeSpan delay, Action happen) => At(Now + delay, happen);

    /// <summary>Lets everything happen that is due until then, or until the condition holds after some event.</summary>
    /// <returns>Whether the condition came to hold.</returns>
    public bool RunUntil(TimeSpan end, Func<bool> condition)
    {
        while (_events.TryPeek(out var happen, out var due) && due.Time <= end)
        {
            _events.Dequeue();
            (Now, Count) = (due.Time, Count + 1);
            happen();
            if (condition())
                return true;
        }

        Now = end;
        return false;
    }

    private readonly record struct Due(TimeSpan Time, long Order) : IComparable<Due>
    {
        public int CompareTo(Due other) =>
            Time == other.Time ? Order.CompareTo(other.Order) : Time.CompareTo(other.Time);
    }
}
