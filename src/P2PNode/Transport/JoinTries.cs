using System.Net;
using System.Net.Sockets;

namespace P2PNode.Transport;

/// <summary>
/// How often one place may try to join: each time costs signatures. A place is an IPv4 address, or the /64 of an IPv6 one,
/// all of which one machine may have. Thread-safe.
/// </summary>
internal sealed class JoinTries(TimeProvider clock)
{
    /// <summary>So often may one place try within <see cref="Span"/>.</summary>
    internal const int MostOfOne = 10;

    /// <summary>When so many places have tried all are forgotten: whoever fills the table is not to lock out all others.</summary>
    internal const int MostPlaces = 1024;

    internal static readonly TimeSpan Span = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, int> _tries = [];
    private long _began = clock.GetTimestamp();

    public bool MayTry(IPAddress from)
    {
        var place = PlaceOf(from);
        lock (_gate)
        {
            if (clock.GetElapsedTime(_began) > Span || (_tries.Count == MostPlaces && !_tries.ContainsKey(place)))
            {
                _tries.Clear();
                _began = clock.GetTimestamp();
            }

            var tries = _tries.GetValueOrDefault(place);
            if (tries == MostOfOne)
                return false;
            _tries[place] = tries + 1;
            return true;
        }
    }

    private static IPAddress PlaceOf(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address;
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }
}
