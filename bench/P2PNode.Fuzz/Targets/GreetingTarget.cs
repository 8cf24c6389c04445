using System.Buffers;
using P2PNode.Core;
using P2PNode.Protocol;
using P2PNode.Protocol.Messages;
using P2PNode.Transport;

namespace P2PNode.Fuzz.Targets;

/// <summary>What a stranger says first, and what answers a node that dialled.</summary>
internal sealed class GreetingTarget : FuzzTarget
{
    private static readonly NodeId Expected = new(2);

    private readonly Handshake _handshake = new(new LocalNode(new NodeId(1), 1, 1, new NodeAddress("127.0.0.1", 5001), "one", ""));

    public override string Name => "greeting";

    public override long MostBytes => 2 * WireLimits.ControlBytes;

    public override byte[] Sample(Random random)
    {
        var frame = new ArrayBufferWriter<byte>();
        var hello = RandomMessage.Fill(new Hello(), random);
        if (random.Next(2) == 0)
            (hello.MinVersion, hello.MaxVersion, hello.Network, hello.NodeId, hello.Port, hello.ExpectedId) = (1, 1, "", 2, 5002, 0);
        var type = random.Next(2) == 0 ? FrameType.Hello : FrameType.Welcome;
        FrameWriter.Write(frame, type, hello, WireLimits.BulkBytes);
        return frame.WrittenSpan.ToArray();
    }

    public override void Take(byte[] input)
    {
        var dialled = input.Length > 4 && input[4] != (byte)FrameType.Hello;
        var connection = new Connection(new SaidAndHeard(input), remote: null, TimeProvider.System);
        Task greeting = dialled ? _handshake.DialAsync(connection, Expected, LinkKind.Control) : _handshake.ReadHelloAsync(connection);
        if (!greeting.IsCompleted)
            throw new InvalidOperationException("It waits though all bytes are there.");
        greeting.GetAwaiter().GetResult();
    }

    public override bool Expects(Exception e) => e is PeerException;
}
