using P2PNode.Core;
using P2PNode.Protocol;
using P2PNode.Protocol.Messages;
using P2PNode.Transport;

namespace P2PNode.Transfer;

/// <summary>Answers the ranges that come over one bulk link, packed into parcels. Not thread-safe.</summary>
/// <param name="connection">The link; nothing else is written to it.</param>
/// <param name="peer">Who asks.</param>
/// <param name="source">Where the files are.</param>
/// <param name="layers">Where the piece layers come from.</param>
/// <param name="outgoing">Told what is given.</param>
/// <param name="limit">What all links may send together.</param>
/// <param name="refusals">Told of files that cannot be given.</param>
/// <param name="clock">Measures the waits.</param>
internal sealed class RangeSender(
    Connection connection,
    NodeId peer,
    IContentSource source,
    LayerSource layers,
    OutgoingFiles outgoing,
    RateLimit limit,
    Refusals refusals,
    TimeProvider clock)
    : IDisposable
{
    /// <summary>The longest piece with bytes; a write of so many is worth its system call.</summary>
    private const int MostPieceBytes = 512 * 1024;

    /// <summary>The longest piece without; it takes the other end as long to write as many that carry some.</summary>
    private const int ZeroBytes = 16 << 20;

    /// <summary>
    /// How long the peer may take for a parcel while its pings come. It may be bound to a low rate, which all its links
    /// share; one that says nothing is dropped after <see cref="BulkServer.Idle"/>.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(30);

    /// <summary>At a low rate there are more and smaller ones, so that nobody waits long for any.</summary>
    private readonly int _pieceBytes = Math.Min(MostPieceBytes, limit.BytesAtOnce);
    private readonly ParcelWriter _parcel = new(
        Math.Min(WireLimits.BulkBytes - ParcelWriter.PieceHeadBytes, limit.BytesAtOnce) + ParcelWriter.PieceHeadBytes);

    private readonly ServedFile _file = new(source);
    private (ContentRoot Root, long Size, byte[] Bytes)? _layer;

    /// <summary>How many zero bytes the parcel stands for.</summary>
    private long _zeros;

    /// <summary>Puts the answer into parcels, and sends those that are full.</summary>
    /// <exception cref="PeerException">The peer takes nothing, or is gone.</exception>
    public ValueTask AnswerAsync(AskedRange range, CancellationToken stop) =>
        range.Kind is RangeKind.Pieces ? AnswerLayerAsync(range, stop) : AnswerBytesAsync(range, stop);

    /// <summary>Sends what is waiting in the parcel.</summary>
    /// <exception cref="PeerException">The peer takes nothing, or is gone.</exception>
    public async ValueTask FlushAsync(CancellationToken stop)
    {
        if (_parcel.IsEmpty)
            return;
        _zeros = 0;
        var frame = _parcel.Finish();
        if (!limit.IsNone)
            await KeepAlive.WhileAsync(cut => limit.WaitAsync(frame.Length, cut), PingAsync, clock, stop);
        await connection.WriteAsync(frame, Patience);
    }

    public void Dispose()
    {
        _file.Dispose();
        _parcel.Dispose();
    }

    private async ValueTask AnswerBytesAsync(AskedRange range, CancellationToken stop)
    {
        using var answer = outgoing.Begin(peer, range);
        var status = _file.Open(range);
        var at = range.Offset;
        do
        {
            // A small file stays in one piece, so that its receiver needs no state for it.
            var hole = status is PieceStatus.Last ? Math.Min(_file.HoleAt(at, range.End), ZeroBytes) : 0;
            var length = status is PieceStatus.Last && hole == 0 ? (int)Math.Min(_pieceBytes, _file.DataEnd(range.End) - at) : 0;
            if (_parcel.Room < length || _zeros > ZeroBytes)
                await FlushAsync(stop);
            if (length > 0)
                status = _file.Read(_parcel.Body(length).Span, at);
            var ends = at + hole + length == range.End;
            if (status is PieceStatus.Last && ends)
                status = _file.Check(range);
            if (status is not PieceStatus.Last)
                Refuse(range, status, _file.Reason);
            else if (hole > 0)
                AddZeros(range.Tag, (int)hole, ends);
            else
                AddRead(range, at, length, ends);
            if (status is PieceStatus.Last)
                answer?.Went(hole + length);
            at += hole + length;
        }
        while (status is PieceStatus.Last && at < range.End);
    }

    /// <summary>Adds what was read into the parcel, without its runs of zeros.</summary>
    private void AddRead(in AskedRange range, long at, int length, bool ends)
    {
        var rest = _parcel.Body(length);
        do
        {
            var (start, zeros) = range.Size < ZeroRun.Unit ? (rest.Length, 0) : ZeroRun.First(rest.Span, at);
            var endsRest = start + zeros == rest.Length;
            if (start > 0 || rest.IsEmpty)
            {
                // In its place already, unless zeros were left out before it: then it moves up.
                rest[..start].CopyTo(_parcel.Body(start));
                _parcel.Add(range.Tag, ends && endsRest && zeros == 0 ? PieceStatus.Last : PieceStatus.More, start);
            }

            if (zeros > 0)
                AddZeros(range.Tag, zeros, ends && endsRest);
            at += start + zeros;
            rest = rest[(start + zeros)..];
        }
        while (!rest.IsEmpty);
    }

    private void AddZeros(uint tag, int length, bool ends)
    {
        _parcel.Add(tag, ends ? PieceStatus.LastZeros : PieceStatus.Zeros, length);
        _zeros += length;
    }

    private async ValueTask AnswerLayerAsync(AskedRange range, CancellationToken stop)
    {
        if (_layer is not { } layer || (layer.Root, layer.Size) != (range.Root, range.Size))
        {
            await FlushAsync(stop); // It may take a while.
            var found = default(FoundLayer);
            await KeepAlive.WhileAsync(async cut => found = await layers.FindAsync(range, cut), PingAsync, clock, stop);
            if (found.Status is not PieceStatus.Last)
            {
                await MakeRoomAsync(0, stop);
                Refuse(range, found.Status, found.Reason);
                return;
            }

            _layer = layer = (range.Root, range.Size, found.Bytes);
        }

        for (var at = range.Offset; ;)
        {
            var length = (int)Math.Min(_pieceBytes, range.End - at);
            await MakeRoomAsync(length, stop);
            layer.Bytes.AsSpan((int)at, length).CopyTo(_parcel.Body(length).Span);
            at += length;
            _parcel.Add(range.Tag, at < range.End ? PieceStatus.More : PieceStatus.Last, length);
            if (at < range.End)
                continue;
            if (at == layer.Bytes.Length)
                _layer = null; // It is asked for once, and may be large.
            return;
        }
    }

    private ValueTask MakeRoomAsync(int length, CancellationToken stop) => _parcel.Room < length ? FlushAsync(stop) : ValueTask.CompletedTask;

    private void Refuse(in AskedRange range, PieceStatus status, string reason)
    {
        _parcel.Add(range.Tag, status, 0);
        refusals.Tell(range, reason);
    }

    private ValueTask PingAsync() => connection.WriteAsync(FrameType.Ping, null, WireLimits.ControlBytes);
}
