using System.Buffers;
using System.Buffers.Binary;
using Google.Protobuf;

namespace P2PNode.Protocol;

/// <summary>Puts frames into a buffer.</summary>
public static class FrameWriter
{
    /// <summary>Appends one frame.</summary>
    /// <exception cref="ArgumentException">The message is larger than <paramref name="limit"/>: a bug of ours.</exception>
    public static void Write(IBufferWriter<byte> output, FrameType type, IMessage? message, int limit)
    {
        var length = message?.CalculateSize() ?? 0;
        if (length > limit)
            throw new ArgumentException($"A {type} frame of {length} bytes exceeds the limit of {limit}.", nameof(message));

        var span = output.GetSpan(WireLimits.HeadBytes + length);
        WriteHead(span, type, length);
        message?.WriteTo(span.Slice(WireLimits.HeadBytes, length));
        output.Advance(WireLimits.HeadBytes + length);
    }

    /// <summary>Writes the six bytes before a payload.</summary>
    public static void WriteHead(Span<byte> destination, FrameType type, int length)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)length);
        destination[4] = (byte)type;
        destination[5] = (byte)(type.MayBeIgnored() ? 1 : 0);
    }
}
