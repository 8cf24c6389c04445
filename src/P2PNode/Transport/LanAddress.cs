using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace P2PNode.Transport;

/// <summary>An address of this machine, on an interface that is up.</summary>
/// <param name="Address">The address; one that counts on its link alone with the interface as its scope.</param>
/// <param name="PrefixLength">How many of its bits are those of its network.</param>
/// <param name="Interface">The index of the interface.</param>
internal sealed record LanAddress(IPAddress Address, int PrefixLength, int Interface)
{
    /// <summary>All of this machine at this moment.</summary>
    /// <exception cref="NetworkInformationException">The system does not tell.</exception>
    public static IReadOnlySet<LanAddress> All() => NetworkInterface.GetAllNetworkInterfaces()
        .Where(one => one.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown)
        .SelectMany(Of)
        .ToHashSet();

    /// <summary>Whether another address is of the same network, so that no router lies between them.</summary>
    public bool IsNear(IPAddress other)
    {
        var (mine, its) = (Address.GetAddressBytes(), other.GetAddressBytes());
        if (mine.Length != its.Length)
            return false;
        for (var bit = 0; bit < PrefixLength; bit++)
        {
            if (((mine[bit / 8] ^ its[bit / 8]) & (0x80 >> (bit % 8))) != 0)
                return false;
        }

        return true;
    }

    /// <summary>The address that all of its network hear.</summary>
    public IPAddress Broadcast()
    {
        var bytes = Address.GetAddressBytes();
        for (var bit = PrefixLength; bit < 8 * bytes.Length; bit++)
            bytes[bit / 8] |= (byte)(0x80 >> (bit % 8));
        return new IPAddress(bytes);
    }

    private static IEnumerable<LanAddress> Of(NetworkInterface one)
    {
        var properties = one.GetIPProperties();
        var v4 = one.Supports(NetworkInterfaceComponent.IPv4) ? properties.GetIPv4Properties()?.Index : null;
        var v6 = one.Supports(NetworkInterfaceComponent.IPv6) ? properties.GetIPv6Properties()?.Index : null;
        foreach (var own in properties.UnicastAddresses)
        {
            if ((own.Address.AddressFamily is AddressFamily.InterNetworkV6 ? v6 : v4) is { } index)
                yield return new LanAddress(own.Address, own.PrefixLength, index);
        }
    }
}
