using System.Buffers;
using Google.Protobuf;
using P2PNode.Protocol;

namespace P2PNode.Fuzz.Targets;

/// <summary>The payload of frames of one type.</summary>
internal abstract class WireTarget<T>(FrameType type, MessageParser<T> parser) : FuzzTarget
    where T : IMessage<T>, new()
{
    public override string Name => type.ToString();

    /// <summary>
    /// Twice the largest frame: what a frame says becomes objects, which take several times the bytes that it has. Before
    /// it is read no more than twice its own limit is taken; see <see cref="FramesTarget"/>.
    /// </summary>
    public override long MostBytes => 2 * WireLimits.BulkBytes;

    public override byte[] Sample(Random random)
    {
        var bytes = random.Next(200) == 0 ? RandomMessage.Swarm<T>(random) : RandomMessage.Fill(Likely(random), random).ToByteArray();
        return bytes.Length <= WireLimits.ControlBytes ? bytes : bytes[..WireLimits.ControlBytes];
    }

    public sealed override void Take(byte[] input)
    {
        var length = Math.Min(input.Length, WireLimits.ControlBytes);
        var pooled = ArrayPool<byte>.Shared.Rent(length);
        input.AsSpan(0, length).CopyTo(pooled);
        using var frame = new Frame(type, pooled, length);
        Take(frame);
    }

    public override bool Expects(Exception e) => e is PeerException { Fault: PeerFault.Violation };

    /// <summary>A message with what has to fit to what came before; the rest is filled at random.</summary>
    protected virtual T Likely(Random random) => new();

    protected virtual void Take(Frame frame) => Take(frame.Parse(parser));

    protected abstract void Take(T message);
}
