using Google.Protobuf;
using P2PNode.Core;
using P2PNode.Core.Transfer;
using P2PNode.Protocol;
using P2PNode.Protocol.Messages;
using P2PNode.Transport;

namespace P2PNode.Transfer;

/// <summary>The receiving end of a bulk link: asks for ranges and takes parcels. Not thread-safe.</summary>
/// <param name="connection">The link, which it owns.</param>
/// <param name="clock">Measures the waits.</param>
/// <param name="limit">What all links may take together.</param>
internal sealed class BulkClient(Connection connection, TimeProvider clock, RateLimit? limit = null) : IAsyncDisposable
{
    /// <summary>How long a holder may say nothing, be it that it lives.</summary>
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a holder may send no bytes though it says that it lives. Links share a rate: at 10 kB/s, twenty of them
    /// wait for two minutes until each has its parcel of 64 KiB.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>A holder may have to read a file for its layer, from a slow disk.</summary>
    private const long LeastReadPerSecond = 64 << 20;

    /// <summary>A range beside its path has fewer than 128 bytes, so that these stay below the limit of a frame.</summary>
    private const int RangesOfOneFrame = (WireLimits.ControlBytes - 1) / (FilePath.MaxBytes + 128);

    /// <summary>How long each of the ranges under way may be waited for, in the order in which they are answered.</summary>
    private readonly Queue<TimeSpan> _patience = new();

    /// <summary>How long was waited since bytes, or the end of a range, came last.</summary>
    private TimeSpan _waited;
    private long _lastSaid = clock.GetTimestamp();

    /// <summary>Asks for ranges of an owner's files.</summary>
    /// <exception cref="PeerException">The holder takes nothing, or is gone.</exception>
    public async ValueTask AskAsync(NodeId owner, IReadOnlyList<FetchRange> ranges)
    {
        foreach (var some in ranges.Chunk(RangesOfOneFrame))
        {
            var want = new Want();
            want.Ranges.AddRange(some.Select(range => ToWire(owner, range)));
            foreach (var range in some)
                _patience.Enqueue(PatienceFor(range));
            await SayAsync(FrameType.Want, want);
        }
    }

    /// <summary>Takes the next parcel; the caller disposes it.</summary>
    /// <exception cref="PeerException">The holder broke the rules, fell silent or is gone.</exception>
    public async ValueTask<Frame> TakeAsync()
    {
        while (true)
        {
            if (clock.GetElapsedTime(_lastSaid) > KeepAlive.Every)
                await PingAsync();
            var began = clock.GetTimestamp();
            var frame = await connection.ReadAsync(WireLimits.BulkBytes, Answer)
                ?? throw new PeerException(PeerFault.Lost, "the holder closed the bulk link");
            _waited += clock.GetElapsedTime(began);
            if (frame.Type == FrameType.Parcel)
                return await HoldBackAsync(frame);
            frame.Dispose();
            if (frame.Type != FrameType.Ping)
                throw PeerException.Violation($"a {frame.Type} frame came where a parcel was due");
            LosePatience();
        }
    }

    /// <summary>Ends what is under way.</summary>
    public void Abort() => connection.Abort();

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    /// <summary>Nothing is read while the limit is waited for, so that TCP holds the sender back.</summary>
    private async ValueTask<Frame> HoldBackAsync(Frame parcel)
    {
        try
        {
            if (limit is { IsNone: false })
                await KeepAlive.WhileAsync(cut => limit.WaitAsync(parcel.Payload.Length, cut), PingAsync, clock, connection.Aborted);
            NoteProgress(parcel.Payload.Span);
            LosePatience();
            return parcel;
        }
        catch
        {
            parcel.Dispose();
            throw;
        }
    }

    private void NoteProgress(ReadOnlySpan<byte> parcel)
    {
        var reader = new ParcelReader(parcel);
        while (reader.TryTake(out _, out var status, out var length, out _))
        {
            var ends = status is not (PieceStatus.More or PieceStatus.Zeros);
            if (ends)
                _patience.TryDequeue(out _);
            if (ends || length > 0)
                _waited = TimeSpan.Zero;
        }
    }

    private void LosePatience()
    {
        if (_waited > (_patience.TryPeek(out var patience) ? patience : Patience))
            throw new PeerException(PeerFault.TimedOut, "it sends signs of life but no bytes");
    }

    private static TimeSpan PatienceFor(FetchRange range) => range.Kind is Core.Transfer.RangeKind.Layer
        ? Patience + TimeSpan.FromSeconds(range.Item.Entry.Size / LeastReadPerSecond)
        : Patience;

    /// <summary>A holder closes a link over which nothing is said; on a slow one a window of answers takes minutes.</summary>
    private ValueTask PingAsync() => SayAsync(FrameType.Ping, null);

    private async ValueTask SayAsync(FrameType type, IMessage? message)
    {
        await connection.WriteAsync(type, message, WireLimits.ControlBytes);
        _lastSaid = clock.GetTimestamp();
    }

    private static WantedRange ToWire(NodeId owner, FetchRange range)
    {
        Span<byte> root = stackalloc byte[ContentRoot.Size];
        var entry = range.Item.Entry;
        entry.Root.CopyTo(root);
        return new WantedRange
        {
            Tag = range.Tag,
            Owner = owner.Value,
            Path = entry.Path.Value,
            Root = ByteString.CopyFrom(root),
            Offset = range.Offset,
            Length = range.Length,
            Size = entry.Size,
            MtimeTicks = entry.MtimeTicks,
            Kind = range.Kind is Core.Transfer.RangeKind.Layer ? Protocol.Messages.RangeKind.Pieces : Protocol.Messages.RangeKind.Bytes,
        };
    }
}
