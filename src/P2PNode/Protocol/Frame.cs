using System.Buffers;
using Google.Protobuf;

namespace P2PNode.Protocol;

/// <summary>One frame as it came in. Holds a pooled buffer: dispose it once, and do not use its payload afterwards.</summary>
public readonly struct Frame : IDisposable
{
    private readonly byte[] _pooled;
    private readonly int _length;

    internal Frame(FrameType type, byte[] pooled, int length) => (Type, _pooled, _length) = (type, pooled, length);

    public FrameType Type { get; }

    public ReadOnlyMemory<byte> Payload => _pooled.AsMemory(0, _length);

    /// <summary>
    /// Reads the payload as a message. Google.Protobuf 3.25 fails with exceptions of other kinds on lengths just below 2³¹.
    /// </summary>
    /// <param name="parser">Knows the message.</param>
    /// <param name="mostFields">How many fields it may have, repeated ones counted each.</param>
    /// <exception cref="PeerException">The payload is not such a message.</exception>
    public T Parse<T>(MessageParser<T> parser, int mostFields = WireLimits.MostFields)
        where T : IMessage<T>
    {
        if (WireFields.Count(Payload.Span) is not { } fields)
            throw PeerException.Violation($"a {Type} frame does not hold such a message");
        if (fields > mostFields)
            throw PeerException.Violation($"a {Type} frame holds more than {mostFields} fields");
        try
        {
            return parser.WithDiscardUnknownFields(true).ParseFrom(Payload.Span);
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or ArgumentException or IndexOutOfRangeException)
        {
            throw PeerException.Violation($"a {Type} frame does not hold such a message: {e.Message}", e);
        }
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_pooled);
}
