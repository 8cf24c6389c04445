using System.Text.Json;
using System.Text.Json.Serialization;
using P2PNode.Core;
using P2PNode.Security;

namespace P2PNode.Cli.Display;

/// <summary>What <c>network show</c> tells.</summary>
/// <param name="Network">The network's ID.</param>
/// <param name="Kind">local, created, or joined where the CA is elsewhere.</param>
/// <param name="Authority">Where the CA is; null where that is elsewhere.</param>
/// <param name="Nodes">With the end of the certificate of each: all that the CA knows of, or those of this machine.</param>
/// <param name="Invites">Tokens that were not used yet.</param>
/// <param name="DenyList">The number of the newest deny list that is known here; 0 where nobody was ever revoked.</param>
/// <param name="Revoked">Nodes on it whose last certificate counts no more, as far as is known here.</param>
/// <param name="LetInAgain">Nodes on it that were certified since.</param>
internal sealed record NetworkReport(
    string Network, string Kind, string? Authority, EndingEntry[] Nodes, EndingEntry[] Invites, long DenyList, int[] Revoked, int[] LetInAgain)
{
    /// <summary>Reads what the folders hold; null where they hold no keys.</summary>
    public static NetworkReport? Read(NetworkFolder network, IEnumerable<string> nodeFolders, TimeProvider clock)
    {
        using var authority = network.Load();
        if (authority is { IsLocal: false })
            return OfAuthority(network, authority, clock);

        // Who has joined a network belongs to that one, whatever this machine once made for itself.
        var kept = nodeFolders.Select(IdentityFolder.OfNode).Select(folder => (Folder: folder, Identity: folder.Load())).Where(one => one.Identity is not null);
        var members = kept.Select(one => (one.Folder, Identity: one.Identity!)).ToList();
        var joined = members.FindAll(one => !NetworkAuthority.IsLocalAuthority(one.Identity.Authority));
        if (joined.Count == 0 && authority is not null)
            return OfAuthority(network, authority, clock);
        return joined.Count > 0 ? OfMembers(joined) : members.Count > 0 ? OfMembers(members) : null;
    }

    private static NetworkReport OfAuthority(NetworkFolder network, NetworkAuthority authority, TimeProvider clock)
    {
        var list = network.LoadRevoked(authority);
        var isRevoked = list.RevokedUntil.Keys.ToLookup(id => network.LastIssued(id) is not { } issued || list.Revokes(id, issued), id => id.Value);
        return new NetworkReport(
            authority.Network,
            authority.IsLocal ? "local" : "created",
            network.Path,
            [.. network.Certified().Select(node => new EndingEntry(node.Id, node.Role, node.Ends))],
            [.. new AuthorityOffice(network, clock).OpenInvites().Select(invite => new EndingEntry(invite.Id, invite.Role, invite.Expires))],
            list.Number,
            [.. isRevoked[true]],
            [.. isRevoked[false]]);
    }

    /// <summary>Of the nodes of this machine that are in one network; who else is in it the CA alone knows.</summary>
    private static NetworkReport OfMembers(List<(IdentityFolder Folder, NodeIdentity Identity)> members)
    {
        var network = members[0].Identity.Name.Network;
        var own = members.Where(member => member.Identity.Name.Network == network).ToList();
        var list = own.Select(member => member.Folder.LoadRevoked(member.Identity)).MaxBy(list => list.Number)!;
        var letIn = own.Select(member => member.Identity)
            .Where(identity => list.RevokedUntil.ContainsKey(identity.Name.Id) && !list.Revokes(identity.Name.Id, NetworkAuthority.IssuedAt(identity.Certificate)))
            .Select(identity => identity.Name.Id.Value)
            .ToArray();
        return new NetworkReport(
            network,
            "joined",
            Authority: null,
            [.. own.Select(member => new EndingEntry(member.Identity.Name.Id, member.Identity.Name.Role, member.Identity.Ends))],
            Invites: [],
            list.Number,
            [.. list.RevokedUntil.Keys.Select(id => id.Value).Except(letIn)],
            letIn);
    }
}

/// <summary>A node or a seed, as <paramref name="Role"/> says, and when what is said of it ends.</summary>
internal sealed record EndingEntry(int Id, string Role, DateTime Ends)
{
    public EndingEntry(NodeId id, NameRole role, DateTimeOffset ends)
        : this(id.Value, role is NameRole.Seed ? "seed" : "node", ends.UtcDateTime)
    {
    }
}

/// <summary>A token, for other programs.</summary>
internal sealed record TokenReport(string Network, int Id, string Token, DateTime Expires);

/// <summary>The answers of the network commands as JSON.</summary>
internal static class NetworkJson
{
    public static string Of(NetworkReport report) => JsonSerializer.Serialize(report, NetworkJsonContext.Default.NetworkReport);

    public static string Of(JoinToken token) => JsonSerializer.Serialize(
        new TokenReport(token.Network, token.Id.Value, token.ToString(), token.Expires.UtcDateTime), NetworkJsonContext.Default.TokenReport);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(NetworkReport))]
[JsonSerializable(typeof(TokenReport))]
internal sealed partial class NetworkJsonContext : JsonSerializerContext;
