using System.Net;
using P2PNode.Core;
using P2PNode.Protocol;
using P2PNode.Transport;

namespace P2PNode.Node;

/// <summary>Where members are, as people and other programs are told. Thread-safe.</summary>
internal sealed class Whereabouts(Roster roster, LinkTable links, TimeProvider clock)
{
    /// <summary>A list of a million files is told with one look at the links.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private volatile Look? _last;

    /// <summary>Where others reach a member, as far as that is known; null where the member is not.</summary>
    public NodeAddress? Of(NodeId id) => roster.AddressOf(id) is not { } address ? null
        : id == roster.Self && ToldHost.IsAny(address.Host) ? address with { Host = OwnHost() }
        : address;

    /// <summary>
    /// Where a node is that listens on all of its addresses: at the one where a peer on another machine has its link, or
    /// else by the name of the machine.
    /// </summary>
    internal static string OwnHost(IEnumerable<IPAddress?> ownEnds, string machine) => ownEnds
        .OfType<IPAddress>()
        .Where(end => !IPAddress.IsLoopback(end))
        .Select(ToldHost.Of)
        .Min(StringComparer.Ordinal) ?? machine;

    private string OwnHost()
    {
        if (_last is { } last && clock.GetElapsedTime(last.At) < LookEvery)
            return last.Host;
        var host = OwnHost(links.All().Select(link => link.OwnEnd), Environment.MachineName);
        _last = new Look(host, clock.GetTimestamp());
        return host;
    }

    private sealed record Look(string Host, long At);
}
