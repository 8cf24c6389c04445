using System.Buffers.Binary;
using P2PNode.Protocol;

namespace P2PNode.Transfer;

/// <summary>Takes the pieces out of the payload of a Parcel frame.</summary>
internal ref struct ParcelReader(ReadOnlySpan<byte> payload)
{
    private ReadOnlySpan<byte> _rest = payload;

    /// <summary>The next piece; false at the end.</summary>
    /// <exception cref="PeerException">The payload is no row of pieces.</exception>
    /// <param name="tag">The range that it belongs to.</param>
    /// <param name="status">What it says.</param>
    /// <param name="length">How many bytes of the range it stands for.</param>
    /// <param name="bytes">The bytes; none where all are zero.</param>
    public bool TryTake(out uint tag, out PieceStatus status, out int length, out ReadOnlySpan<byte> bytes)
    {
        tag = 0;
        length = 0;
        status = default;
        bytes = default;
        if (_rest.IsEmpty)
            return false;
        if (_rest.Length < ParcelWriter.PieceHeadBytes)
            throw PeerException.Violation("a parcel ends inside the head of a piece");

        tag = BinaryPrimitives.ReadUInt32BigEndian(_rest);
        status = (PieceStatus)_rest[4];
        var claimed = BinaryPrimitives.ReadUInt32BigEndian(_rest[5..]);
        _rest = _rest[ParcelWriter.PieceHeadBytes..];
        if (!Enum.IsDefined(status))
            throw PeerException.Violation($"a piece has the unknown status {(byte)status}");
        if (claimed > int.MaxValue)
            throw PeerException.Violation($"a piece claims {claimed} bytes");
        length = (int)claimed;
        var carried = status is PieceStatus.Zeros or PieceStatus.LastZeros ? 0 : length;
        if (carried > _rest.Length)
            throw PeerException.Violation($"a parcel holds {_rest.Length} bytes of a piece of {carried}");

        bytes = _rest[..carried];
        _rest = _rest[carried..];
        return true;
    }
}
