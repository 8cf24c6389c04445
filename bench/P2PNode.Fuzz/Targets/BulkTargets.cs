using System.Buffers.Binary;
using P2PNode.Core;
using P2PNode.Protocol;
using P2PNode.Protocol.Messages;
using P2PNode.Transfer;

namespace P2PNode.Fuzz.Targets;

/// <summary>Ranges that a peer asks for.</summary>
internal sealed class WantTarget() : WireTarget<Want>(FrameType.Want, Want.Parser)
{
    protected override void Take(Want message)
    {
        foreach (var range in message.Ranges.Select(AskedRange.From))
        {
            var all = range.Kind is RangeKind.Pieces ? PieceLayer.BytesOf(range.Size) : range.Size;
            if (range.Offset < 0 || range.End < range.Offset || range.End > all)
                throw new InvalidOperationException($"{range} lies outside of its file.");
        }
    }
}

/// <summary>Rows of pieces of files.</summary>
internal sealed class ParcelTarget : FuzzTarget
{
    public override string Name => "parcel";

    public override long MostBytes => 64 * 1024;

    public override byte[] Sample(Random random)
    {
        var parcel = new List<byte>();
        for (var count = random.Next(1, 9); count > 0; count--)
        {
            var status = (PieceStatus)random.Next(Enum.GetValues<PieceStatus>().Length + 1);
            var length = random.Next(8) == 0 ? random.Next() : random.Next(300);
            var head = new byte[ParcelWriter.PieceHeadBytes];
            BinaryPrimitives.WriteInt32BigEndian(head, random.Next(5));
            head[4] = (byte)status;
            BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(5), length);
            parcel.AddRange(head);
            if (length < 300)
                parcel.AddRange(new byte[length]);
        }

        return [.. parcel];
    }

    public override void Take(byte[] input)
    {
        var carried = 0;
        var reader = new ParcelReader(input);
        while (reader.TryTake(out _, out var status, out var length, out var bytes))
        {
            carried += ParcelWriter.PieceHeadBytes + bytes.Length;
            var isEmpty = status is PieceStatus.Zeros or PieceStatus.LastZeros;
            if (length < 0 || (isEmpty ? bytes.Length != 0 : bytes.Length != length))
                throw new InvalidOperationException($"A piece of {length} bytes carries {bytes.Length}.");
        }

        if (carried != input.Length)
            throw new InvalidOperationException("Bytes were left over.");
    }

    public override bool Expects(Exception e) => e is PeerException { Fault: PeerFault.Violation };
}
