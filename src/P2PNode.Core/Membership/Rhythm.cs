namespace P2PNode.Core.Membership;

/// <summary>Work that comes again and again, each time counted from the last.</summary>
internal sealed class Rhythm(TimeSpan every)
{
    /// <summary>When it comes next.</summary>
    public TimeSpan DueAt { get; private set; }

    /// <summary>Has it come first after so many of its intervals.</summary>
    public void Begin(TimeSpan now, double after) => DueAt = now + after * every;

    public void Restart(TimeSpan now) => DueAt = now + every;

    /// <summary>Whether it is time; then the next time is an interval from now.</summary>
    public bool IsDue(TimeSpan now)
    {
        if (now < DueAt)
            return false;
        Restart(now);
        return true;
    }
}
