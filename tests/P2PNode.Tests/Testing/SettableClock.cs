namespace P2PNode.Tests.Testing;

/// <summary>Says a date that a test sets forward; its timers run as those of the system do.</summary>
internal sealed class SettableClock : TimeProvider
{
    private long _ahead;

    public void SetForward(TimeSpan by) => Interlocked.Add(ref _ahead, by.Ticks);

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + new TimeSpan(Interlocked.Read(ref _ahead));
}
