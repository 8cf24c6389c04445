using System.Buffers;
using P2PNode.Protocol;
using P2PNode.Protocol.Messages;

namespace P2PNode.Fuzz.Targets;

/// <summary>A stream of frames, under each of the three limits.</summary>
internal sealed class FramesTarget : FuzzTarget
{
    private static readonly int[] Limits = [WireLimits.HelloBytes, WireLimits.ControlBytes, WireLimits.BulkBytes];

    public override string Name => "frames";

    /// <summary>All three limits, twice, and what the readers are made of.</summary>
    public override long MostBytes => 2 * Limits.Sum() + 64 * 1024;

    public override byte[] Sample(Random random)
    {
        var frames = new ArrayBufferWriter<byte>();
        for (var count = random.Next(1, 6); count > 0; count--)
        {
            var types = Enum.GetValues<FrameType>();
            var message = RandomMessage.Fill(new Goodbye(), random);
            FrameWriter.Write(frames, types[random.Next(types.Length)], message, WireLimits.BulkBytes);
        }

        return frames.WrittenSpan.ToArray();
    }

    public override void Take(byte[] input)
    {
        Exception? violation = null;
        foreach (var limit in Limits)
        {
            try
            {
                Read(input, limit);
            }
            catch (PeerException e)
            {
                violation = e;
            }
        }

        if (violation is not null)
            throw violation;
    }

    public override bool Expects(Exception e) => e is PeerException { Fault: PeerFault.Violation };

    private static void Read(byte[] input, int limit)
    {
        using var reader = new FrameReader(new MemoryStream(input), TimeProvider.System, CancellationToken.None);
        while (true)
        {
            var read = reader.ReadAsync(limit, TimeSpan.FromMinutes(1));
            if (!read.IsCompleted)
                throw new InvalidOperationException("It waits though all bytes are there.");
            if (read.GetAwaiter().GetResult() is not { } frame)
                return;
            using (frame)
            {
                if (frame.Payload.Length > limit)
                    throw new InvalidOperationException($"A frame of {frame.Payload.Length} bytes passed the limit of {limit}.");
            }
        }
    }
}
