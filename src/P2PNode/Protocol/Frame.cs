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

    /// <summary>Reads the payload as a message.</summary>
    /// <exception cref="PeerException">The payload is not such a message.</exception>
    public T Parse<T>(MessageParser<T> parser)
        where T : IMessage<T>
    {
        try
        {
            return parser.ParseFrom(Payload.Span);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw PeerException.Violation($"a {Type} frame does not hold such a message: {e.Message}", e);
        }
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_pooled);
}
