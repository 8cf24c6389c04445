using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using P2PNode.Core;
using Serilog;

namespace P2PNode.Security;

/// <summary>How a node comes to its identity (design 6): from the CA on this machine, or as it once joined.</summary>
/// <param name="network">Where the CA lies, if it is here.</param>
/// <param name="folder">Where the node keeps who it is.</param>
/// <param name="id">The node.</param>
/// <param name="clock">Says what has ended.</param>
/// <param name="log">Hears of an identity that is replaced.</param>
/// <param name="role">Whether it is a node, or a seed.</param>
public sealed class Enrolment(NetworkFolder network, IdentityFolder folder, NodeId id, TimeProvider clock, ILogger log, NameRole role = NameRole.Node)
{
    /// <summary>The identity to start with.</summary>
    /// <param name="addresses">All addresses that the node knows from its settings, its own first.</param>
    /// <param name="stop">Ends the wait for others that use the CA.</param>
    /// <exception cref="IdentityRefusedException">It had one, which counts no more.</exception>
    /// <exception cref="KeyException">There is none, and this says what to do.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    public async Task<NodeIdentity> ResolveAsync(IEnumerable<NodeAddress> addresses, CancellationToken stop)
    {
        network.ClearLeftovers(clock);
        folder.ClearLeftovers(clock);
        var abroad = addresses.FirstOrDefault(address => !IsOfThisMachine(address));
        using var authority = network.Exists ? network.Load() : null; // The key may be kept elsewhere: who is certified needs it not.
        if (authority is { IsLocal: false })
            return await CertifiedAsync(authority, stop);
        var kept = authority is null ? folder.Load() : folder.LoadIfUsable(); // The CA replaces what is damaged.
        if (kept is not null && !NetworkAuthority.IsLocalAuthority(kept.Authority))
            return Joined(kept);
        if (abroad is not null)
            throw NoNetwork(abroad);
        using var local = network.LoadOrCreate(local: true, clock).Authority;
        return await CertifiedAsync(local, stop);
    }

    /// <summary>A new certificate, where the CA is here and the one that there is ends soon; otherwise null.</summary>
    /// <exception cref="IdentityRefusedException">The node was revoked.</exception>
    /// <exception cref="KeyException">The CA cannot be used.</exception>
    /// <exception cref="IOException">The certificate cannot be written.</exception>
    public async Task<NodeIdentity?> RenewAsync(NodeIdentity current, CancellationToken stop)
    {
        if (!EndsSoon(current))
            return null;
        using var authority = network.Load();
        if (authority?.Network != current.Name.Network)
            return null;
        return await IssueAsync(authority, current, stop);
    }

    /// <summary>Where the node keeps who it is.</summary>
    public IdentityFolder Folder => folder;

    /// <summary>Where the CA lies, if it is here.</summary>
    public NetworkFolder Network => network;

    /// <summary>Whether it is time to renew a certificate.</summary>
    public bool EndsSoon(NodeIdentity identity) => clock.GetUtcNow() >= identity.Ends - NodeIdentity.RenewedBefore;

    /// <summary>Whether nobody but this machine itself can reach an address. A name other than localhost may be anywhere.</summary>
    public static bool IsOfThisMachine(NodeAddress address) => IPAddress.TryParse(address.Host, out var ip)
        ? IPAddress.IsLoopback(ip)
        : address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a node would be one of several machines: there is a network's CA, or an identity of one, that counts beyond this.</summary>
    /// <exception cref="KeyException">The CA cannot be used.</exception>
    public static bool SpansMachines(NetworkFolder network, IdentityFolder folder)
    {
        using var authority = network.Exists ? network.Load() : null;
        return authority is { IsLocal: false }
            || (folder.LoadIfUsable() is { } kept && !NetworkAuthority.IsLocalAuthority(kept.Authority));
    }

    private async Task<NodeIdentity> CertifiedAsync(NetworkAuthority authority, CancellationToken stop)
    {
        var (kept, unfit) = Kept(new NodeName(authority.Network, id, role));
        CheckNotRevoked(authority, kept);
        if (kept is not null && !EndsSoon(kept))
            return kept;
        var issued = await IssueAsync(authority, kept, stop);
        if (unfit is not null)
            log.IdentityReplaced(folder.Path, unfit);
        return issued;
    }

    /// <summary>The identity that is here, or why it is not good as the one that is due; neither where there is none.</summary>
    private (NodeIdentity? Identity, string? Unfit) Kept(NodeName due)
    {
        try
        {
            return folder.Load() switch
            {
                { } kept when kept.Name != due => (null, $"it was that of {kept.Name}."),
                var kept => (kept, null),
            };
        }
        catch (KeyException e)
        {
            return (null, e.Message);
        }
    }

    /// <summary>Who was revoked needs an invitation here as elsewhere.</summary>
    private void CheckNotRevoked(NetworkAuthority authority, NodeIdentity? kept)
    {
        var revoked = network.LoadRevoked(authority);
        if (revoked.RevokedUntil.ContainsKey(id) && (kept is null || revoked.Revokes(id, NetworkAuthority.IssuedAt(kept.Certificate))))
            throw Revoked(new NodeName(authority.Network, id, role), network);
    }

    private async Task<NodeIdentity> IssueAsync(NetworkAuthority authority, NodeIdentity? kept, CancellationToken stop)
    {
        using var key = folder.LoadOrCreateKey();
        using var certificate = await CertifyAsync(authority, kept, new PublicKey(key), stop);
        return folder.Save(key, certificate, authority.Certificate);
    }

    /// <summary>Under the lock, so that no revocation comes between the look at the list and the certificate; no longer, as others wait for it.</summary>
    private async Task<X509Certificate2> CertifyAsync(NetworkAuthority authority, NodeIdentity? kept, PublicKey key, CancellationToken stop)
    {
        using var locked = await network.LockAsync(clock, stop);
        CheckNotRevoked(authority, kept);
        return network.Certify(authority, id, key, clock, role);
    }

    private NodeIdentity Joined(NodeIdentity identity)
    {
        if (identity.Name.Role != role)
            throw new KeyException($"The identity in {folder.Path} is that of a {(role is NameRole.Seed ? "node" : "seed")}; name another folder with --folder.");
        if (identity.Name.Id != id)
            throw new KeyException($"The identity in {folder.Path} is that of node {identity.Name.Id}; run that node with this folder, or join as node {id} with 'p2pnode network join TOKEN --seed HOST:PORT'.");
        return clock.GetUtcNow() >= identity.Ends ? throw Ended(identity) : identity;
    }

    /// <summary>What a node is told whose certificate has ended, and that cannot renew it by itself.</summary>
    public static IdentityRefusedException Ended(NodeIdentity identity) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"The certificate of node {identity.Name.Id} ended on {identity.Ends:yyyy-MM-dd}; have it invited again, and join with 'p2pnode network join TOKEN --seed HOST:PORT'."));

    /// <summary>What a node or a seed is told that was revoked: beside the CA it can do all itself, and may have nobody to ask.</summary>
    public static IdentityRefusedException Revoked(NodeName name, NetworkFolder network)
    {
        var (who, seed, folder) = name.Role is NameRole.Seed ? ("Seed", "--seed ", " --folder DIR") : ("Node", "", "");
        var invite = $"'p2pnode network invite {seed}--id {name.Id}'";
        return new(network.Holds(name.Network)
            ? $"{who} {name.Id} was revoked; to let it in again run {invite} here, and then 'p2pnode network join TOKEN{folder}'."
            : $"{who} {name.Id} was revoked; to let it in again have it invited with {invite}, and join with 'p2pnode network join TOKEN --seed HOST:PORT{folder}'.");
    }

    private KeyException NoNetwork(NodeAddress abroad) => new(
        $"{(role is NameRole.Seed ? "A seed" : $"Node {id}")} is to speak with others than this machine, as {abroad} says, but has no network's keys: make a network here with 'p2pnode network create', or join one with 'p2pnode network join TOKEN --seed HOST:PORT'.");
}
