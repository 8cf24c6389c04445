using P2PNode.Core;
using P2PNode.Core.Membership;
using P2PNode.Protocol;

namespace P2PNode.Fuzz.Targets;

/// <summary>Packets from the local network, as they come and with the code that makes them count.</summary>
internal sealed class AnnouncementTarget : FuzzTarget
{
    private readonly AnnouncementCodec _codec = new(new string('a', 32));
    private readonly CandidateTable _candidates = new();
    private TimeSpan _now;

    public override string Name => "announcement";

    public override long MostBytes => 64 * 1024;

    public override byte[] Sample(Random random) =>
        _codec.Write(new Announcement(new NodeId(random.Next(1, int.MaxValue)), (ulong)random.NextInt64(), random.NextInt64(), random.Next(1, 65536), random.NextInt64()));

    public override void Take(byte[] input)
    {
        if (_codec.TryRead(input, out var untouched))
            Hear(untouched, input);
        if (input.Length < AnnouncementCodec.Bytes)
            throw new FormatException("It is no announcement.");
        var signed = input[..AnnouncementCodec.Bytes];
        _codec.Sign(signed);
        if (!_codec.TryRead(signed, out var said))
            throw new FormatException("It is no announcement.");
        Hear(said, signed);
    }

    public override bool Expects(Exception e) => e is FormatException;

    public override void Check()
    {
        if (_candidates.Count > CandidateTable.MostOfOneHost)
            throw new InvalidOperationException($"One host brought {_candidates.Count} candidates.");
    }

    private void Hear(Announcement said, byte[] packet)
    {
        if (!_codec.Write(said).AsSpan().SequenceEqual(packet))
            throw new InvalidOperationException("Two packets say the same.");
        _now += TimeSpan.FromMilliseconds(1);
        _candidates.Hear(said, "10.0.0.1", 3, new Moment(_now, 0.5));
        if (_candidates.TakeDue(_ => true, _now, out _) is { } candidate)
            _candidates.Failed(candidate, _now);
    }
}
