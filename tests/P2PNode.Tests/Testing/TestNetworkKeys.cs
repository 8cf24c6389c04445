using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using P2PNode.Core;
using P2PNode.Security;
using P2PNode.Transport;

namespace P2PNode.Tests.Testing;

/// <summary>The CA of the network under test, years old, and the identities of its nodes.</summary>
internal static class TestNetworkKeys
{
    private static readonly ConcurrentDictionary<int, NodeIdentity> Known = new();

    public static readonly NetworkAuthority Authority = NetworkAuthority.Create(local: false, Ago(TimeSpan.FromDays(900)));

    public static string Network => Authority.Network;

    /// <summary>What the clock said so long ago.</summary>
    public static TimeProvider Ago(TimeSpan time) => new FixedClock(TimeProvider.System.GetUtcNow() - time);

    public static NodeIdentity Identity(int id) => Known.GetOrAdd(id, _ => Issue(id));

    /// <summary>An identity by the CA under test or another one.</summary>
    /// <param name="id">The node.</param>
    /// <param name="issuedAgo">How long ago it was issued.</param>
    /// <param name="by">The CA.</param>
    public static NodeIdentity Issue(int id, TimeSpan issuedAgo = default, NetworkAuthority? by = null)
    {
        by ??= Authority;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return NodeIdentity.From(key, by.Issue(new NodeId(id), new PublicKey(key), Ago(issuedAgo)), by.Certificate);
    }

    /// <summary>How a node of the network under test meets others.</summary>
    public static SecureConnector Connector(int id) => Connector(Identity(id));

    public static SecureConnector Connector(NodeIdentity identity, TimeProvider? clock = null) =>
        new(new MutualTls(() => identity, clock ?? TimeProvider.System), clock ?? TimeProvider.System);
}
