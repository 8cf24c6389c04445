using System.Threading.Channels;
using Google.Protobuf;
using P2PNode.Protocol;

namespace P2PNode.Transport;

/// <summary>
/// What waits to be written to a link. Urgent frames overtake ordinary ones, so that a heartbeat never waits behind a
/// listing; within a lane the order is kept. Bounded: urgent frames are refused when full, ordinary ones wait.
/// Safe for any number of writers and one reader.
/// </summary>
internal sealed class Outbox : IDisposable
{
    private const int UrgentFrames = 1024;
    private const int OrdinaryFrames = 16;

    private readonly Channel<Outgoing> _frames = Channel.CreateUnboundedPrioritized<Outgoing>(
        new() { SingleReader = true, Comparer = Comparer<Outgoing>.Create(static (a, b) => a.Order.CompareTo(b.Order)) });

    private readonly SemaphoreSlim _room = new(OrdinaryFrames);
    private readonly CancellationTokenSource _closed = new();
    private long _number;
    private int _urgent;
    private volatile bool _isClosed;

    public readonly record struct Outgoing(FrameType Type, IMessage? Message, (bool Ordinary, long Number) Order);

    public bool IsClosed => _isClosed;

    /// <summary>False when the outbox is closed or full.</summary>
    public bool TryAddUrgent(FrameType type, IMessage? message)
    {
        if (Interlocked.Increment(ref _urgent) <= UrgentFrames && Write(type, message, ordinary: false))
            return true;
        Interlocked.Decrement(ref _urgent);
        return false;
    }

    /// <exception cref="OperationCanceledException">The outbox was closed, or <paramref name="stop"/> fired.</exception>
    public async ValueTask AddAsync(FrameType type, IMessage message, CancellationToken stop)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, _closed.Token);
        await _room.WaitAsync(either.Token);
        if (!Write(type, message, ordinary: true))
            throw new OperationCanceledException("The link is closing.");
    }

    /// <summary>Waits for a frame; false once the outbox is closed and empty.</summary>
    public ValueTask<bool> WaitAsync(CancellationToken stop) => _frames.Reader.WaitToReadAsync(stop);

    public bool TryTake(out Outgoing frame)
    {
        if (!_frames.Reader.TryRead(out frame))
            return false;
        if (frame.Order.Ordinary)
            _room.Release();
        else
            Interlocked.Decrement(ref _urgent);
        return true;
    }

    /// <summary>Takes no more; what is in goes out.</summary>
    public void Close()
    {
        _isClosed = true;
        if (_frames.Writer.TryComplete())
            _closed.Cancel();
    }

    /// <summary>
    /// Closes the outbox. What it is made of is not disposed: senders may hold on to a link that is gone, and are to hear
    /// that it is closed.
    /// </summary>
    public void Dispose() => Close();

    private bool Write(FrameType type, IMessage? message, bool ordinary) =>
        _frames.Writer.TryWrite(new Outgoing(type, message, (ordinary, Interlocked.Increment(ref _number))));
}
