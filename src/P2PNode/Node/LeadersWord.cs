using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Core.Membership;
using P2PNode.Protocol;
using Wire = P2PNode.Protocol.Messages;

namespace P2PNode.Node;

/// <summary>What a leader says: who is a member, whose listings it has, how large its catalogue is.</summary>
internal sealed record LeadersWord(long Epoch, Member[] Members, (NodeId Owner, ListingPosition Position)[] Listings, CatalogueSize? Size)
{
    private const int LongestName = 64;

    /// <param name="wire">What came.</param>
    /// <param name="now">Ticks of this moment: what is told is how long ago something was.</param>
    /// <exception cref="PeerException">No leader may say this.</exception>
    public static LeadersWord Read(Wire.Roster wire, long now) => new(
        wire.Epoch,
        [.. wire.Members.Select(member => Read(member, now))],
        [.. wire.Listings.Select(listing => (CatalogueMapping.Node(listing.Owner), CatalogueMapping.FromWire(listing.Position)))],
        wire.Totals is null ? null : CatalogueSize.FromWire(wire.Totals));

    private static Member Read(Wire.RosterMember wire, long now)
    {
        if (wire.Port is < 1 or > 65535 || wire.Incarnation < 0 || !Enum.IsDefined(wire.State) || !NodeAddress.IsHost(wire.Host))
            throw PeerException.Violation("it tells of a member that cannot be");
        return new Member
        {
            Id = CatalogueMapping.Node(wire.Id),
            Host = wire.Host,
            Port = wire.Port,
            Incarnation = wire.Incarnation,
            State = (MemberState)wire.State,
            Name = wire.Name.Length is > 0 and <= LongestName && !wire.Name.Any(char.IsControl) ? wire.Name : null,
            LastSeenTicks = wire.SilentMs is >= 0 and < 1L << 40 ? now - (wire.SilentMs * TimeSpan.TicksPerMillisecond) : null,
        };
    }
}
