using P2PNode.Core.Membership;
using P2PNode.Protocol;

namespace P2PNode.Sim.Network;

/// <summary>How many bytes a message takes: as the product encodes it, with its frame and what TLS adds to a record.</summary>
internal static class WireSize
{
    /// <summary>What either side sends until a link stands: TLS with certificates on both sides, Hello or Welcome; about so many.</summary>
    public const int Handshake = 1_600;

    private const int TlsRecord = 22;

    private static readonly int OfProbe = Encoded(new Probe(ulong.MaxValue));
    private static readonly int OfProbeAnswer = Encoded(new ProbeAnswer(ulong.MaxValue, IsNeighbour: true));

    /// <summary>Nearly all messages are probes, and all probes are of one size.</summary>
    public static int Of(OverlayMessage message) => message switch
    {
        Probe => OfProbe,
        ProbeAnswer => OfProbeAnswer,
        _ => Encoded(message),
    };

    private static int Encoded(OverlayMessage message) =>
        WireLimits.HeadBytes + TlsRecord + OverlayMapping.ToWire(message).Message.CalculateSize();
}
