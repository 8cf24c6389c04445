namespace P2PNode.Tests;

public sealed class TaskGroupTests
{
    [Fact]
    public async Task A_job_whose_first_step_is_slow_does_not_hold_up_the_others()
    {
        using var begun = new ManualResetEventSlim();
        var stop = TestContext.Current.CancellationToken;

        await TaskGroup.RunAsync(
            [
                _ => Task.FromResult(begun.Wait(TimeSpan.FromSeconds(5), stop) ? true : throw new TimeoutException("the other did not begin")),
                async ended =>
                {
                    begun.Set();
                    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ended);
                },
            ],
            stop);
    }

    [Fact]
    public async Task A_group_that_stops_waits_for_a_job_that_another_starts_as_it_ends()
    {
        using var group = new TaskGroup();
        using var stop = new CancellationTokenSource();
        var last = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = group.Start(async stopping =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _ = group.Start(_ => LingerAsync(last));
        });
        var running = group.RunAsync(stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.True(last.Task.IsCompleted);
    }

    /// <summary>Takes a while without a clock.</summary>
    private static async Task LingerAsync(TaskCompletionSource ended)
    {
        for (var i = 0; i < 10_000; i++)
            await Task.Yield();
        ended.SetResult();
    }
}
