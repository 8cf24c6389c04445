using Google.Protobuf;
using P2PNode.Core;
using P2PNode.Core.Transfer;
using P2PNode.Protocol;
using P2PNode.Protocol.Messages;
using P2PNode.Transport;

namespace P2PNode.Transfer;

/// <summary>The receiving end of a bulk link: asks for ranges and takes parcels. One asker and one taker at a time.</summary>
internal sealed class BulkClient(Connection connection, TimeProvider clock) : IAsyncDisposable
{
    /// <summary>How long a holder may take to begin to answer what was asked.</summary>
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(30);

    /// <summary>A holder closes a link over which nothing is said for longer; on a slow one a window of answers takes minutes.</summary>
    private static readonly TimeSpan KeepAlive = BulkServer.Idle / 3;

    /// <summary>A range beside its path has fewer than 128 bytes, so that these stay below the limit of a frame.</summary>
    private const int RangesOfOneFrame = (WireLimits.ControlBytes - 1) / (FilePath.MaxBytes + 128);

    private long _lastSaid = clock.GetTimestamp();

    /// <summary>Asks for ranges of an owner's files.</summary>
    /// <exception cref="PeerException">The holder takes nothing, or is gone.</exception>
    public async ValueTask AskAsync(NodeId owner, IReadOnlyList<FetchRange> ranges)
    {
        foreach (var some in ranges.Chunk(RangesOfOneFrame))
        {
            var want = new Want();
            want.Ranges.AddRange(some.Select(range => ToWire(owner, range)));
            await SayAsync(FrameType.Want, want);
        }
    }

    /// <summary>Takes the next parcel; the caller disposes it.</summary>
    /// <exception cref="PeerException">The holder broke the rules, fell silent or is gone.</exception>
    public async ValueTask<Frame> TakeAsync()
    {
        if (clock.GetElapsedTime(_lastSaid) > KeepAlive)
            await SayAsync(FrameType.Ping, null);
        var frame = await connection.ReadAsync(WireLimits.BulkBytes, Answer)
            ?? throw new PeerException(PeerFault.Lost, "the holder closed the bulk link");
        if (frame.Type == FrameType.Parcel)
            return frame;
        frame.Dispose();
        throw PeerException.Violation($"a {frame.Type} frame came where a parcel was due");
    }

    /// <summary>Ends what is under way.</summary>
    public void Abort() => connection.Abort();

    public ValueTask DisposeAsync() => connection.DisposeAsync();

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
