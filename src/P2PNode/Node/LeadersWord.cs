using System.Net;
using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Core.Membership;
using P2PNode.Protocol;
using Wire = P2PNode.Protocol.Messages;

namespace P2PNode.Node;

/// <summary>What a leader says: who is a member, whose listings it has, how large its catalogue is.</summary>
internal sealed record LeadersWord(long Epoch, Member[] Members, (NodeId Owner, ListingPosition Position)[] Listings, CatalogueSize? Size)
{
    /// <param name="wire">What came.</param>
    /// <param name="now">Ticks of this moment: what is told is how long ago something was.</param>
    /// <param name="teller">Where the leader is seen.</param>
    /// <exception cref="PeerException">No leader may say this.</exception>
    public static LeadersWord Read(Wire.Roster wire, long now, IPAddress? teller) => new(
        wire.Epoch,
        [.. wire.Members.Select(member => MemberMapping.FromWire(member, teller, now))],
        [.. wire.Listings.Select(listing => (CatalogueMapping.Node(listing.Owner), CatalogueMapping.FromWire(listing.Position)))],
        wire.Totals is null ? null : CatalogueSize.FromWire(wire.Totals));
}
