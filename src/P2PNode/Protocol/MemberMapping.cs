using System.Net;
using P2PNode.Core;
using P2PNode.Protocol.Messages;
using Member = P2PNode.Core.Membership.Member;
using MemberState = P2PNode.Core.Membership.MemberState;

namespace P2PNode.Protocol;

/// <summary>Members as rows of the core and as fields of the wire.</summary>
internal static class MemberMapping
{
    private const int LongestName = 64;

    /// <param name="member">A row.</param>
    /// <param name="now">Ticks of this moment; null where it is not told when the member was heard.</param>
    public static RosterMember ToWire(Member member, long? now = null) => new()
    {
        Id = member.Id.Value,
        Host = member.Host,
        Port = member.Port,
        Incarnation = member.Incarnation,
        State = (Messages.MemberState)member.State,
        Name = member.Name ?? "",
        SilentMs = now is { } at && member.LastSeenTicks is { } seen ? Math.Max(0, (at - seen) / TimeSpan.TicksPerMillisecond) : -1,
    };

    /// <param name="wire">What came.</param>
    /// <param name="teller">Where who told it is seen.</param>
    /// <param name="now">Ticks of this moment; null where it is not believed when the member was heard.</param>
    /// <exception cref="PeerException">There can be no such member.</exception>
    public static Member FromWire(RosterMember wire, IPAddress? teller, long? now = null)
    {
        if (wire.Port is < 1 or > 65535 || wire.Incarnation < 0 || !Enum.IsDefined(wire.State) || !NodeAddress.IsHost(wire.Host))
            throw PeerException.Violation("it tells of a member that cannot be");
        return new Member
        {
            Id = CatalogueMapping.Node(wire.Id),
            Host = ToldHost.Of(wire.Host, teller),
            Port = wire.Port,
            Incarnation = wire.Incarnation,
            State = (MemberState)wire.State,
            Name = wire.Name.Length is > 0 and <= LongestName && !wire.Name.Any(char.IsControl) ? wire.Name : null,
            LastSeenTicks = now is { } at && wire.SilentMs is >= 0 and < 1L << 40 ? at - (wire.SilentMs * TimeSpan.TicksPerMillisecond) : null,
        };
    }
}
