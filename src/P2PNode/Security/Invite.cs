using System.Globalization;
using P2PNode.Core;

namespace P2PNode.Security;

/// <summary>What the CA keeps of a token: one line of the file of invites.</summary>
/// <param name="Id">The node that it is for.</param>
/// <param name="Expires">It is no good from then on.</param>
/// <param name="SecretHash">64 hexadecimal digits.</param>
/// <param name="UsedBy">The hash of the key that was certified for it; null while it is open.</param>
/// <param name="Role">Whether it is for a node or a seed.</param>
public sealed record Invite(NodeId Id, DateTimeOffset Expires, string SecretHash, string? UsedBy, NameRole Role = NameRole.Node)
{
    internal static Invite? Parse(string line)
    {
        var words = line.Split(' ');
        return (words.Length == 4 || (words.Length == 5 && words[4] == "seed"))
            && int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id > 0
            && uint.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var expires)
            && words[2].Length == 64 && words[2].All(char.IsAsciiHexDigitLower)
                ? new Invite(new NodeId(id), DateTimeOffset.FromUnixTimeSeconds(expires), words[2], words[3] == "open" ? null : words[3], words.Length == 5 ? NameRole.Seed : NameRole.Node)
                : null;
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Id} {Expires.ToUnixTimeSeconds()} {SecretHash} {UsedBy ?? "open"}{(Role is NameRole.Seed ? " seed" : "")}");
}
