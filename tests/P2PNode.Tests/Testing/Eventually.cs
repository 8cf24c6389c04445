namespace P2PNode.Tests.Testing;

/// <summary>Waits for what other threads bring about: as short as can be, and never for ever.</summary>
internal static class Eventually
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    /// <summary>Returns once the condition holds; fails with <paramref name="what"/> when it does not in time.</summary>
    public static async Task HoldsAsync(Func<bool> condition, string what)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Deadline, $"In {Deadline.TotalSeconds:0} s it did not come about that {what}.");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
