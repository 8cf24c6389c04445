namespace P2PNode.EndToEnd.Kit;

/// <summary>Waits for what processes bring about: as short as can be, and never for ever.</summary>
internal static class Eventually
{
    /// <summary>For what takes moments, on a machine that is busy with other things.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);
    private static readonly long Started = TimeProvider.System.GetTimestamp();

    /// <summary>The time since the tests began.</summary>
    public static TimeSpan Now => TimeProvider.System.GetElapsedTime(Started);

    /// <summary>Waits until the condition holds and tells how long that took; fails when it does not in time.</summary>
    /// <param name="condition">Asked again and again.</param>
    /// <param name="what">Completes "… it did not come about that ".</param>
    /// <param name="within"><see cref="Deadline"/> if null.</param>
    /// <param name="every">How often it is asked, where that is dear; many times a second if null.</param>
    public static async Task<TimeSpan> HoldsAsync(Func<Task<bool>> condition, string what, TimeSpan? within = null, TimeSpan? every = null)
    {
        var started = Now;
        var deadline = within ?? Deadline;
        while (!await condition())
        {
            Assert.True(Now - started < deadline, $"In {deadline.TotalSeconds:0.#} s it did not come about that {what}.");
            await PauseAsync(every);
        }

        return Now - started;
    }

    /// <inheritdoc cref="HoldsAsync(Func{Task{bool}}, string, TimeSpan?, TimeSpan?)"/>
    public static Task<TimeSpan> HoldsAsync(Func<bool> condition, string what, TimeSpan? within = null) =>
        HoldsAsync(() => Task.FromResult(condition()), what, within);

    /// <summary>Waits for what may come about or not, at most for so long.</summary>
    public static async Task<bool> HappensAsync(Func<bool> condition, TimeSpan within)
    {
        var started = Now;
        while (!condition())
        {
            if (Now - started > within)
                return false;
            await PauseAsync();
        }

        return true;
    }

    /// <summary>Looks again and again for as long as is said; what must hold all the time is asserted by the look.</summary>
    public static async Task WatchAsync(TimeSpan duration, Func<Task> look)
    {
        var started = Now;
        while (Now - started < duration)
        {
            await look();
            await PauseAsync();
        }
    }

    private static Task PauseAsync(TimeSpan? interval = null) => Task.Delay(interval ?? Interval, TimeProvider.System, TestContext.Current.CancellationToken);
}
