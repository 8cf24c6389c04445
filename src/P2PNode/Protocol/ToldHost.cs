using System.Net;

namespace P2PNode.Protocol;

/// <summary>
/// Where a host is that somebody else names. Loopback is the teller's own machine, and so is the address that stands for
/// all of a machine's; the scope of a link-local address is a number that counts on the teller's machine alone.
/// </summary>
internal static class ToldHost
{
    /// <summary>A machine as it was seen, in words.</summary>
    public static string Of(IPAddress seen) => (seen.IsIPv4MappedToIPv6 ? seen.MapToIPv4() : seen).ToString();

    /// <summary>What a host that was told is called here.</summary>
    /// <param name="host">A name or an IP address.</param>
    /// <param name="teller">Where who told it is seen: loopback where it is on this machine, null where that is not known.</param>
    public static string Of(string host, IPAddress? teller)
    {
        if (teller is null)
            return host;
        if (IsAny(host) || (IsLoopback(host) && !IPAddress.IsLoopback(teller)))
            return Of(teller);
        return host.Contains(':') && IPAddress.TryParse(host, out var address) && address.IsIPv6LinkLocal
            ? new IPAddress(address.GetAddressBytes(), teller.IsIPv6LinkLocal ? teller.ScopeId : 0).ToString()
            : host;
    }

    /// <summary>Whether a node listens on all of its addresses, so that the one it is seen at is as good as any.</summary>
    public static bool IsAny(string host) => host is "" or "0.0.0.0" or "::" or "*";

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
