using System.Net;
using System.Net.Sockets;

namespace P2PNode.Transport;

/// <summary>One way of a node's announcements onto a local network.</summary>
/// <param name="Source">The address that others are to dial.</param>
/// <param name="To">Who hears it: the broadcast address of its network, or the group on its interface.</param>
/// <param name="Interface">The index of the interface.</param>
internal sealed record LanPath(IPAddress Source, IPAddress To, int Interface)
{
    /// <summary>The multicast group of all nodes of a link: transient (RFC 4291, section 2.7).</summary>
    public static readonly IPAddress Group = IPAddress.Parse("ff12::7032:706e");

    /// <summary>Beyond this a network of IPv4 has no address that all hear.</summary>
    private const int LongestBroadcastPrefix = 30;

    /// <summary>
    /// The ways on which a node can be found that listens at an address. One that listens everywhere speaks to the
    /// machine itself only where there is no other network: who finds it over loopback would tell others that address.
    /// </summary>
    public static IReadOnlySet<LanPath> For(IPAddress listens, IEnumerable<LanAddress> own)
    {
        var all = own.Where(address => IsServed(address.Address, listens)).ToList();
        var abroad = all.Where(address => !IPAddress.IsLoopback(address.Address)).ToList();
        return (abroad.Count > 0 ? abroad : all).Select(Of).OfType<LanPath>().ToHashSet();
    }

    /// <summary>
    /// Whether an announcement from an address is heeded: from networks of this machine's own alone, and from the machine
    /// itself alone where the node serves only that.
    /// </summary>
    public static bool IsHeeded(IPAddress source, IPAddress listens, IEnumerable<LanAddress> own) =>
        IPAddress.IsLoopback(listens) ? IPAddress.IsLoopback(source) : source.IsIPv6LinkLocal || own.Any(address => address.IsNear(source));

    private static bool IsServed(IPAddress address, IPAddress listens)
    {
        if (listens.Equals(IPAddress.IPv6Any))
            return address.AddressFamily is AddressFamily.InterNetwork || address.IsIPv6LinkLocal;
        return listens.Equals(IPAddress.Any) ? address.AddressFamily is AddressFamily.InterNetwork : WithoutScope(address).Equals(WithoutScope(listens));
    }

    private static IPAddress WithoutScope(IPAddress address) =>
        address.AddressFamily is AddressFamily.InterNetworkV6 ? new IPAddress(address.GetAddressBytes()) : address;

    private static LanPath? Of(LanAddress own)
    {
        if (own.Address.AddressFamily is AddressFamily.InterNetworkV6)
            return IPAddress.IsLoopback(own.Address) ? null : new LanPath(own.Address, new IPAddress(Group.GetAddressBytes(), own.Interface), own.Interface);
        return own.PrefixLength <= LongestBroadcastPrefix ? new LanPath(own.Address, own.Broadcast(), own.Interface) : null;
    }
}
