using System.Buffers;
using P2PNode.Core;
using P2PNode.Protocol;
using P2PNode.Protocol.Messages;
using P2PNode.Transport;

namespace P2PNode.Fuzz.Targets;

/// <summary>All that one peer says over a link, from the first frame to its goodbye.</summary>
internal sealed class LinkTarget : FuzzTarget
{
    private static readonly PeerIdentity Peer = new(new NodeId(2), 2, 1, new NodeAddress("127.0.0.1", 5002), "two");

    public override string Name => "link";

    public override long MostBytes => 2 * WireLimits.ControlBytes;

    public override byte[] Sample(Random random)
    {
        var frames = new ArrayBufferWriter<byte>();
        for (var count = random.Next(1, 6); count > 0; count--)
        {
            if (random.Next(4) == 0)
                frames.Write<byte>([0, 0, 0, 1, (byte)random.Next(128, 256), 1, 7]); // What only a newer peer knows.
            FrameWriter.Write(frames, random.Next(2) == 0 ? FrameType.Ping : FrameType.FilesQuery, message: null, WireLimits.ControlBytes);
        }

        FrameWriter.Write(frames, FrameType.Goodbye, RandomMessage.Fill(new Goodbye(), random), WireLimits.ControlBytes);
        return frames.WrittenSpan.ToArray();
    }

    private static readonly SharedTimer Pings = new(TimeSpan.FromSeconds(0.5), TimeProvider.System);

    public override void Take(byte[] input)
    {
        var link = new Link(new Connection(new SaidAndHeard(input), remote: null, TimeProvider.System), Peer, dialled: false, TimeSpan.FromSeconds(1), misses: 3, Pings, TimeProvider.System);
        var running = link.RunAsync((_, _) => ValueTask.CompletedTask, CancellationToken.None);
        var ending = running.GetAwaiter().GetResult();
        if (link.Reason.Length > PeerText.SentenceLength || link.Reason.Any(char.IsControl))
            throw new InvalidOperationException($"The reason does not fit into a log: {link.Reason}");
        if (ending is LinkEnding.Stopped or LinkEnding.Silent)
            throw new InvalidOperationException($"The link ended as {ending}, which the peer cannot bring about.");
        if (ending is LinkEnding.Lost)
            throw PeerException.Violation("it did not say goodbye");
    }

    public override bool Expects(Exception e) => e is PeerException { Fault: PeerFault.Violation };
}
