using System.Buffers;
using System.Buffers.Binary;
using P2PNode.Protocol;

namespace P2PNode.Transfer;

/// <summary>
/// Fills one Parcel frame with pieces: u32 tag, u8 status, u32 length, bytes. Small files lie back to back in it, so
/// that one write carries dozens; its buffer is used again. Not thread-safe.
/// </summary>
/// <param name="most">Bytes of the largest payload.</param>
internal sealed class ParcelWriter(int most = WireLimits.BulkBytes) : IDisposable
{
    /// <summary>Bytes before those of a piece.</summary>
    public const int PieceHeadBytes = 9;

    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(WireLimits.HeadBytes + most);
    private int _length = WireLimits.HeadBytes;

    public bool IsEmpty => _length == WireLimits.HeadBytes;

    /// <summary>How many bytes one more piece could carry; negative when not even its head fits.</summary>
    public int Room => WireLimits.HeadBytes + most - _length - PieceHeadBytes;

    /// <summary>Where the bytes of the next piece go; at most <see cref="Room"/> of them.</summary>
    public Memory<byte> Body(int length) => _buffer.AsMemory(_length + PieceHeadBytes, length);

    /// <summary>Adds the piece whose bytes were put into <see cref="Body"/>; one of zeros takes none of them.</summary>
    public void Add(uint tag, PieceStatus status, int length)
    {
        var head = _buffer.AsSpan(_length);
        BinaryPrimitives.WriteUInt32BigEndian(head, tag);
        head[4] = (byte)status;
        BinaryPrimitives.WriteInt32BigEndian(head[5..], length);
        _length += PieceHeadBytes + (status is PieceStatus.Zeros or PieceStatus.LastZeros ? 0 : length);
    }

    /// <summary>The frame as it goes onto the wire; the writer is then empty, its bytes valid until the next piece.</summary>
    public ReadOnlyMemory<byte> Finish()
    {
        FrameWriter.WriteHead(_buffer, FrameType.Parcel, _length - WireLimits.HeadBytes);
        var frame = _buffer.AsMemory(0, _length);
        _length = WireLimits.HeadBytes;
        return frame;
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);
}
