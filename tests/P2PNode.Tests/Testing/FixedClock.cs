namespace P2PNode.Tests.Testing;

/// <summary>Says one date for ever; its timers run as those of the system do.</summary>
internal sealed class FixedClock(DateTimeOffset now) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => now;
}
