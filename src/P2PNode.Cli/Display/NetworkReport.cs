using System.Text.Json;
using System.Text.Json.Serialization;
using P2PNode.Security;

namespace P2PNode.Cli.Display;

/// <summary>What <c>network show</c> tells.</summary>
/// <param name="Network">The network's ID.</param>
/// <param name="Kind">local, created, or joined where the CA is elsewhere.</param>
/// <param name="Authority">Where the CA is; null where that is elsewhere.</param>
/// <param name="Nodes">With the end of the certificate of each: all that the CA knows of, or those of this machine.</param>
/// <param name="Invites">Tokens that were not used yet.</param>
/// <param name="Revoked">Nodes on the deny list.</param>
internal sealed record NetworkReport(
    string Network, string Kind, string? Authority, EndingEntry[] Nodes, EndingEntry[] Invites, int[] Revoked)
{
    /// <summary>Reads what the folders hold; null where they hold no keys.</summary>
    public static NetworkReport? Read(NetworkFolder network, IEnumerable<string> nodeFolders, TimeProvider clock)
    {
        using var authority = network.Load();
        if (authority is not null)
        {
            var invites = new AuthorityOffice(network, clock).OpenInvites();
            return new NetworkReport(
                authority.Network,
                authority.IsLocal ? "local" : "created",
                network.Path,
                [.. network.Certified().Select(node => new EndingEntry(node.Id.Value, node.Ends.UtcDateTime))],
                [.. invites.Select(invite => new EndingEntry(invite.Id.Value, invite.Expires.UtcDateTime))],
                [.. network.LoadRevoked(authority).RevokedUntil.Keys.Select(id => id.Value)]);
        }

        NodeIdentity[] identities = [.. nodeFolders.Select(folder => IdentityFolder.OfNode(folder).Load()).OfType<NodeIdentity>()];
        return identities is [var first, ..]
            ? new NetworkReport(first.Name.Network, "joined", null, [.. identities.Select(node => new EndingEntry(node.Name.Id.Value, node.Ends.UtcDateTime))], [], [])
            : null;
    }
}

/// <summary>A node, and when what is said of it ends.</summary>
internal sealed record EndingEntry(int Id, DateTime Ends);

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
