namespace P2PNode;

/// <summary>
/// The one place where background tasks are joined: none outlives the group, and the first that fails ends it.
/// Thread-safe.
/// </summary>
internal sealed class TaskGroup : IDisposable
{
    private readonly Lock _gate = new();
    private readonly HashSet<Task> _running = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Runs all jobs until one ends, stops and awaits the others, then reports how that one ended.</summary>
    public static async Task RunAsync(IEnumerable<Func<CancellationToken, Task>> jobs, CancellationToken stop)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);

        // On the pool, so that a slow first step of one does not hold up the others.
        Task[] running = [.. jobs.Select(job => Task.Run(() => job(ended.Token), CancellationToken.None))];

        var first = await Task.WhenAny(running);
        await ended.CancelAsync();
        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        await first; // The job that ended first holds the reason; the others were merely stopped.
    }

    /// <summary>Starts a job that may end before the group. A job started after the end of the group is stopped at once.</summary>
    /// <param name="job">Ends by <see cref="OperationCanceledException"/> when stopped; another exception ends the group.</param>
    /// <returns>The job; awaiting it is not necessary.</returns>
    public Task Start(Func<CancellationToken, Task> job)
    {
        // A job runs its first step on the pool, so that a slow one does not hold up who starts it.
        var task = Task.Run(() => job(_stop.Token), CancellationToken.None);
        lock (_gate)
        {
            _running.Add(task);
            task.ContinueWith(End, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        return task;
    }

    /// <summary>Waits until stopped or until a job fails; then stops all jobs, waits for them, and throws the reason.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        await _failed.Task.WaitAsync(stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _stop.CancelAsync();

        // A job may start another as it ends.
        while (Running() is { Length: > 0 } running)
            await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_failed.Task.IsFaulted)
            await _failed.Task;
        stop.ThrowIfCancellationRequested();
    }

    public void Dispose() => _stop.Dispose();

    private Task[] Running()
    {
        lock (_gate)
            return [.. _running];
    }

    private void End(Task task)
    {
        // First, so that a group without jobs knows how they ended.
        if (task.Exception?.InnerException is { } e)
            _failed.TrySetException(e);
        lock (_gate)
            _running.Remove(task);
    }
}
