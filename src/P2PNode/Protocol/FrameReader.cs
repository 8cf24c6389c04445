using System.Buffers;
using System.Buffers.Binary;

namespace P2PNode.Protocol;

/// <summary>
/// Takes frames off a stream. A frame is u32 length of its payload (big-endian), u8 type, u8 flags, payload; bit 0 of
/// the flags says that a receiver who does not know the type may skip the frame. For one reader at a time.
/// </summary>
/// <param name="stream">Where the frames come from; not disposed.</param>
/// <param name="clock">Measures the deadlines.</param>
/// <param name="stop">Ends every wait.</param>
public sealed class FrameReader(Stream stream, TimeProvider clock, CancellationToken stop) : IDisposable
{
    private const byte Ignorable = 1;
    private const int BufferBytes = 8 * 1024;

    /// <summary>Not pooled: a reader may be disposed while a read is still under way, and by more than one owner.</summary>
    private readonly byte[] _buffer = new byte[BufferBytes];

    /// <summary>A newer peer says some things that this program does not know, but not for ever.</summary>
    private const int MostUnknown = 1000;

    /// <summary>
    /// Not disposed: the timer may still fire while it is disposed of, and what it cancels has to be there. The source
    /// holds nothing that outlives the connection.
    /// </summary>
    private readonly CancellationTokenSource _deadline = CancellationTokenSource.CreateLinkedTokenSource(stop);
    private ITimer? _timer;
    private int _start;
    private int _end;

    /// <summary>The next frame, or null when the peer closed the stream between two frames.</summary>
    /// <param name="limit">The largest payload in bytes.</param>
    /// <param name="idle">How long the first byte of the frame may take.</param>
    /// <param name="passOver">Whether unknown frames may come before it; not from strangers, who could go on for ever.</param>
    /// <exception cref="PeerException">The peer broke the rules, fell silent or vanished.</exception>
    public async ValueTask<Frame?> ReadAsync(int limit, TimeSpan idle, bool passOver = true)
    {
        for (var unknown = 0; ; unknown++)
        {
            if (!await FillAsync(1, idle, endAllowed: true))
                return null;
            await FillAsync(WireLimits.HeadBytes, WireLimits.WholeFrame, endAllowed: false);
            var (length, type, flags) = TakeHead(limit);
            var payload = ArrayPool<byte>.Shared.Rent(length);
            try
            {
                await FillPayloadAsync(payload.AsMemory(0, length));
            }
            catch
            {
                ArrayPool<byte>.Shared.Return(payload);
                throw;
            }

            if (Enum.IsDefined(type))
                return new Frame(type, payload, length);
            ArrayPool<byte>.Shared.Return(payload);
            if ((flags & Ignorable) == 0 || !passOver)
                throw PeerException.Violation($"a frame has the unknown type {(byte)type}");
            if (unknown == MostUnknown)
                throw PeerException.Violation($"more than {MostUnknown} frames of unknown types came one after another");
        }
    }

    public void Dispose() => _timer?.Dispose();

    private (int Length, FrameType Type, byte Flags) TakeHead(int limit)
    {
        var head = _buffer.AsSpan(_start, WireLimits.HeadBytes);
        var length = BinaryPrimitives.ReadUInt32BigEndian(head);

        // Before anything is rented: an absurd length costs no memory.
        if (length > limit)
            throw PeerException.Violation($"a frame of {length} bytes exceeds the limit of {limit}");
        _start += WireLimits.HeadBytes;
        return ((int)length, (FrameType)head[4], head[5]);
    }

    private async ValueTask FillPayloadAsync(Memory<byte> payload)
    {
        var buffered = Math.Min(_end - _start, payload.Length);
        _buffer.AsSpan(_start, buffered).CopyTo(payload.Span);
        _start += buffered;
        if (buffered < payload.Length)
            await ReadAtLeastAsync(payload[buffered..], payload.Length - buffered, WireLimits.WholePayload(payload.Length), endAllowed: false);
    }

    /// <summary>Has at least <paramref name="count"/> bytes in the buffer; false at a permitted end of the stream.</summary>
    private async ValueTask<bool> FillAsync(int count, TimeSpan wait, bool endAllowed)
    {
        if (_end - _start >= count)
            return true;
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        var read = await ReadAtLeastAsync(_buffer.AsMemory(_end), count - _end, wait, endAllowed);
        _end += read;
        return read > 0;
    }

    private async ValueTask<int> ReadAtLeastAsync(Memory<byte> into, int count, TimeSpan wait, bool endAllowed)
    {
        Arm(wait);
        try
        {
            var read = await stream.ReadAtLeastAsync(into, count, throwOnEndOfStream: false, _deadline.Token);
            if (read < count && !(endAllowed && read == 0))
                throw PeerException.Violation("the stream ended inside a frame");
            return read;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new PeerException(PeerFault.TimedOut, $"nothing came for {wait.TotalSeconds:0.#} s");
        }
        catch (IOException e)
        {
            throw PeerException.Lost(e);
        }
        finally
        {
            Arm(Timeout.InfiniteTimeSpan);
        }
    }

    private void Arm(TimeSpan wait)
    {
        if (_timer is null)
            _timer = clock.CreateTimer(static source => ((CancellationTokenSource)source!).Cancel(), _deadline, wait, Timeout.InfiniteTimeSpan);
        else
            _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }
}
