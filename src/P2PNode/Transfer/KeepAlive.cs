namespace P2PNode.Transfer;

/// <summary>Tells the other end of a bulk link that this one lives, while there is nothing else to say.</summary>
internal static class KeepAlive
{
    /// <summary>Well below what either end waits for a word.</summary>
    public static readonly TimeSpan Every = BulkServer.Idle / 3;

    /// <summary>Awaits what may take long, and says so again and again; if that fails, it is cancelled.</summary>
    /// <param name="work">Begun at once.</param>
    /// <param name="say">Called every so often until the work is done.</param>
    /// <param name="clock">Measures the time between.</param>
    /// <param name="stop">Cancels the work.</param>
    public static async ValueTask WhileAsync(
        Func<CancellationToken, ValueTask> work, Func<ValueTask> say, TimeProvider clock, CancellationToken stop)
    {
        using var cut = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var begun = work(cut.Token);
        if (begun.IsCompletedSuccessfully)
            return;
        var working = begun.AsTask();
        try
        {
            while (await Task.WhenAny(working, Task.Delay(Every, clock, cut.Token)) != working)
            {
                stop.ThrowIfCancellationRequested();
                await say();
            }
        }
        finally
        {
            await cut.CancelAsync();
            await working.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await working;
    }
}
