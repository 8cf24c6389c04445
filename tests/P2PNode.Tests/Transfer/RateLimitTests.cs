using P2PNode.Transfer;

namespace P2PNode.Tests.Transfer;

public sealed class RateLimitTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_flow_is_held_to_its_rate_whatever_the_size_of_its_chunks()
    {
        using var limit = new RateLimit(1_000_000);
        var started = TimeProvider.System.GetTimestamp();
        foreach (var bytes in (int[])[100_000, 1, 9, 299_990, 300_000])
            await limit.WaitAsync(bytes, Stop);

        // A tenth of a second's worth may pass at once; the system's timer may run a little late, never early.
        Assert.InRange(TimeProvider.System.GetElapsedTime(started).TotalSeconds, 0.5, 20);
    }

    [Fact]
    public async Task Who_wants_little_does_not_wait_for_who_wants_much()
    {
        using var limit = new RateLimit(1_000_000);
        await limit.WaitAsync(100_000, Stop);

        using var cut = new CancellationTokenSource();
        var much = limit.WaitAsync(int.MaxValue, cut.Token).AsTask();
        await limit.WaitAsync(50_000, Stop);

        Assert.False(much.IsCompleted);
        await cut.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => much);
    }

    [Fact]
    public void Without_a_limit_nothing_waits() =>
        Assert.True(RateLimit.None.WaitAsync(int.MaxValue, Stop).AsTask().IsCompletedSuccessfully);

    [Theory]
    [InlineData(1)]
    [InlineData(1_000)]
    [InlineData(10_000_000_000)]
    public async Task Any_rate_lets_something_pass(long rate)
    {
        using var limit = new RateLimit(rate);
        await limit.WaitAsync(3, Stop).AsTask().WaitAsync(TimeSpan.FromSeconds(20), Stop);
    }
}
