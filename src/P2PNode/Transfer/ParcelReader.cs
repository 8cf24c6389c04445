using System.Buffers.Binary;
using P2PNode.Protocol;

namespace P2PNode.Transfer;

/// <summary>Takes the pieces out of the payload of a Parcel frame.</summary>
internal ref struct ParcelReader(ReadOnlySpan<byte> payload)
{
    private ReadOnlySpan<byte> _rest = payload;

    /// <summary>The next piece; false at the end.</summary>
    /// <exception cref="PeerException">The payload is no row of pieces.</exception>
    public bool TryTake(out uint tag, out PieceStatus status, out ReadOnlySpan<byte> bytes)
    {
        tag = 0;
        status = default;
        bytes = default;
        if (_rest.IsEmpty)
            return false;
        if (_rest.Length < ParcelWriter.PieceHeadBytes)
            throw PeerException.Violation("a parcel ends inside the head of a piece");

        tag = BinaryPrimitives.ReadUInt32BigEndian(_rest);
        status = (PieceStatus)_rest[4];
        var length = BinaryPrimitives.ReadUInt32BigEndian(_rest[5..]);
        _rest = _rest[ParcelWriter.PieceHeadBytes..];
        if (length > _rest.Length)
            throw PeerException.Violation($"a parcel holds {_rest.Length} bytes of a piece of {length}");
        if (!Enum.IsDefined(status))
            throw PeerException.Violation($"a piece has the unknown status {(byte)status}");

        bytes = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return true;
    }
}
