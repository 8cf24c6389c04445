using System.Threading.RateLimiting;

namespace P2PNode.Transfer;

/// <summary>
/// Holds what all bulk links send, or take, to one rate. Links wait in the order in which they came, for a part at a time,
/// so that none starves. Without a limit it costs nothing. Thread-safe.
/// </summary>
internal sealed class RateLimit : IDisposable
{
    /// <summary>Short enough for a flow without jerks, long enough that a node at rest hardly notices.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(50);

    private readonly TokenBucketRateLimiter? _bucket;
    private readonly int _part;

    /// <param name="bytesPerSecond">Null for none.</param>
    public RateLimit(long? bytesPerSecond)
    {
        if (bytesPerSecond is not { } rate)
            return;
        var tokens = (int)Math.Clamp(rate / (TimeSpan.TicksPerSecond / Period.Ticks), 1, int.MaxValue / 2);
        _part = 2 * tokens;
        BytesAtOnce = (int)Math.Clamp(rate / 2, SmallestAtOnce, int.MaxValue);
        _bucket = new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
        {
            TokensPerPeriod = tokens,
            ReplenishmentPeriod = Period,
            TokenLimit = _part,
            QueueLimit = int.MaxValue,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        });
    }

    /// <summary>What is sent in one go at a low rate is half a second's worth, but no less than this.</summary>
    public const int SmallestAtOnce = 64 * 1024;

    /// <summary>No limit.</summary>
    public static RateLimit None { get; } = new(null);

    /// <summary>How much is worth sending in one go at this rate.</summary>
    public int BytesAtOnce { get; } = int.MaxValue;

    public bool IsNone => _bucket is null;

    /// <summary>Returns when so many bytes may pass.</summary>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public ValueTask WaitAsync(int bytes, CancellationToken stop) =>
        _bucket is null ? ValueTask.CompletedTask : WaitAsync(_bucket, bytes, stop);

    public void Dispose() => _bucket?.Dispose();

    private async ValueTask WaitAsync(TokenBucketRateLimiter bucket, int bytes, CancellationToken stop)
    {
        for (var left = bytes; left > 0; left -= _part)
        {
            using var lease = await bucket.AcquireAsync(Math.Min(left, _part), stop);
            if (!lease.IsAcquired)
                throw new OperationCanceledException("The limit was lifted, as the node stops.");
        }
    }
}
