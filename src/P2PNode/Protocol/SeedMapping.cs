using System.Net;
using P2PNode.Core;
using P2PNode.Core.Membership;
using P2PNode.Protocol.Messages;

namespace P2PNode.Protocol;

/// <summary>Turns what a node and a seed say to each other into the core's records, and back.</summary>
internal static class SeedMapping
{
    /// <summary>The version of what is said to seeds; there is no other yet.</summary>
    public const uint Version = 1;

    private const int LongestName = 64;

    /// <summary>A page is full before it is longer than a frame may be: no row is longer than what is left.</summary>
    private const int PageBytes = WireLimits.ControlBytes - 2048;

    public static SeedRegister Register(Member self, ulong instance, bool wantsList) => new()
    {
        MinVersion = Version,
        MaxVersion = Version,
        NodeId = self.Id.Value,
        Incarnation = self.Incarnation,
        Host = self.Host,
        Port = self.Port,
        Name = self.Name ?? "",
        WantsList = wantsList,
        Instance = instance,
    };

    /// <summary>Who registers.</summary>
    /// <param name="wire">What came.</param>
    /// <param name="seen">Where the node is seen; null where that is not known.</param>
    /// <exception cref="PeerException">No node says this.</exception>
    public static Member Read(SeedRegister wire, IPAddress? seen) =>
        Read(wire.NodeId, ToldHost.Of(wire.Host, seen), wire.Port, wire.Incarnation, wire.Name);

    /// <param name="wire">What came.</param>
    /// <param name="teller">Where the seed is seen.</param>
    /// <exception cref="PeerException">There can be no such member.</exception>
    public static Member Read(SeedMember wire, IPAddress? teller) => Read(wire.Id, ToldHost.Of(wire.Host, teller), wire.Port, wire.Incarnation, wire.Name);

    /// <summary>Who was found dead, in which life, and whether the sender was only told.</summary>
    /// <exception cref="PeerException">There can be no such node.</exception>
    public static (NodeId Id, long Incarnation, bool IsHearsay) Read(SeedReport wire) => wire.Id > 0 && wire.Incarnation >= 0
        ? (new NodeId(wire.Id), wire.Incarnation, wire.Hearsay)
        : throw PeerException.Violation("it reports a node that cannot be");

    /// <summary>The list, in pages that fit into frames; one at least.</summary>
    public static IEnumerable<SeedList> Pages(IEnumerable<Member> members)
    {
        var page = new SeedList();
        var bytes = 0;
        foreach (var row in members.Select(ToWire))
        {
            var size = row.CalculateSize() + 8;
            if (bytes + size > PageBytes)
            {
                yield return page;
                (page, bytes) = (new SeedList(), 0);
            }

            page.Members.Add(row);
            bytes += size;
        }

        page.Last = true;
        yield return page;
    }

    private static SeedMember ToWire(Member member) => new()
    {
        Id = member.Id.Value,
        Host = member.Host,
        Port = member.Port,
        Incarnation = member.Incarnation,
        Name = member.Name ?? "",
    };

    private static Member Read(int id, string host, int port, long incarnation, string name)
    {
        if (id <= 0 || port is < 1 or > 65535 || incarnation is < 0 or long.MaxValue || !NodeAddress.IsHost(host))
            throw PeerException.Violation("it tells of a node that cannot be");
        return new Member
        {
            Id = new NodeId(id),
            Host = host,
            Port = port,
            Incarnation = incarnation,
            State = Core.Membership.MemberState.Alive,
            Name = name.Length is > 0 and <= LongestName && !name.Any(char.IsControl) ? name : null,
        };
    }
}
