using System.Text;
using P2PNode.Core.Membership;

namespace P2PNode.Sim.Network;

/// <summary>About how many bytes a message takes on the wire: its frame, and what TLS adds to a record.</summary>
internal static class WireSize
{
    /// <summary>What either side sends until a link stands: TLS with certificates on both sides, Hello or Welcome.</summary>
    public const int Handshake = 1_600;

    private const int Frame = 6;
    private const int TlsRecord = 22;
    private const int Row = 34;
    private const int NodeNumber = 3;
    private const int Rumour = 12;

    public static int Of(OverlayMessage message) => Frame + TlsRecord + message switch
    {
        Probe or NeighbourRequest or NeighbourAnswer => 11,
        ProbeAnswer => 13,
        Parted => 2,
        NeighboursAre told => 4 + NodeNumber * told.Neighbours.Length,
        WitnessQuestion or WitnessAnswer => 10,
        MemberNews news => 4 + Row * news.Members.Length,
        Shuffle shuffle => 6 + Row * shuffle.Members.Length,
        Core.Membership.Rumour rumour => Rumour + 6 + Encoding.UTF8.GetByteCount(rumour.Text),
        RumoursKnown known => 4 + Rumour * known.Ids.Length,
        RumoursMissed missed => 4 + Rumour * missed.Ids.Length,
        _ => throw new ArgumentOutOfRangeException(nameof(message)),
    };
}
