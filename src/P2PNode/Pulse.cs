namespace P2PNode;

/// <summary>Says to any number of waiters at once that something changed. Thread-safe.</summary>
internal sealed class Pulse
{
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes at the next beat. Taken before a look at what may change, no change is missed.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    public void Beat() => Interlocked.Exchange(ref _next, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    /// <summary>Waits for a beat that was <see cref="Next"/>, though no longer than the time given.</summary>
    public static async Task WaitAsync(Task beat, TimeSpan longest, TimeProvider clock, CancellationToken stop)
    {
        if (longest <= TimeSpan.Zero)
            return;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await Task.WhenAny(beat, Task.Delay(longest, clock, either.Token));
        await either.CancelAsync();
        stop.ThrowIfCancellationRequested();
    }
}
