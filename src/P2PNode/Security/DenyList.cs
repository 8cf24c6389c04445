using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using P2PNode.Core;

namespace P2PNode.Security;

/// <summary>
/// Which certificates count no more though they have not ended: all that were issued to a node before an instant. Signed
/// by the network's CA and numbered; of two lists the higher number holds.
/// </summary>
public sealed class DenyList
{
    /// <summary>Fits into a frame of a control link with room to spare.</summary>
    public const int MaxBytes = 48 * 1024;

    private const string Title = "p2pnode-revoked 1";

    private DenyList(string network, long number, ImmutableSortedDictionary<NodeId, long> until, string text) =>
        (Network, Number, RevokedUntil, Text) = (network, number, until, text);

    public string Network { get; }

    /// <summary>0 for the list that every network begins with, which is empty and needs no signature.</summary>
    public long Number { get; }

    /// <summary>For each revoked node the instant, in milliseconds since 1970, from which on a certificate counts again.</summary>
    public ImmutableSortedDictionary<NodeId, long> RevokedUntil { get; }

    /// <summary>The signed list as it lies in files and travels; empty for number 0.</summary>
    public string Text { get; }

    /// <summary>What a node keeps on its disk. Number 0 has a text there too, so that a list that is lost is missed.</summary>
    internal string KeptText => Number == 0 ? Body(Network, 0, RevokedUntil) : Text;

    public static DenyList Empty(string network) => new(network, 0, ImmutableSortedDictionary<NodeId, long>.Empty, "");

    /// <summary>Whether a certificate that was issued to a node then counts no more.</summary>
    public bool Revokes(NodeId id, long issuedAt) => RevokedUntil.TryGetValue(id, out var until) && issuedAt < until;

    /// <summary>The next list, on which all that a node was issued until now is revoked.</summary>
    /// <param name="id">The node.</param>
    /// <param name="authority">Signs.</param>
    /// <param name="clock">Says what now is.</param>
    /// <param name="lastIssued">When something was last issued to the node: the clock may have been set back since.</param>
    public DenyList Revoke(NodeId id, NetworkAuthority authority, TimeProvider clock, long lastIssued = 0)
    {
        var now = clock.GetUtcNow();

        // What was issued so long ago has ended by itself.
        var oldest = (now - NetworkAuthority.NodeLifetime).ToUnixTimeMilliseconds();
        var until = Math.Max(now.ToUnixTimeMilliseconds(), Math.Max(RevokedUntil.GetValueOrDefault(id), lastIssued)) + 1;
        var entries = RevokedUntil.RemoveRange(RevokedUntil.Where(entry => entry.Value < oldest).Select(entry => entry.Key)).SetItem(id, until);
        var body = Body(Network, Number + 1, entries);
        var signature = authority.Sign(Encoding.ASCII.GetBytes(body));
        var text = $"{body}signature {Convert.ToBase64String(signature)}\n";
        return text.Length <= MaxBytes
            ? new DenyList(Network, Number + 1, entries, text)
            : throw new KeyException("The deny list is full; its oldest entries go 90 days after they came. Until then make a new network, and invite whom you want in it.");
    }

    /// <summary>Reads a list that the CA has signed; nothing else, and no other spelling of it.</summary>
    public static bool TryParse(string text, X509Certificate2 authority, [NotNullWhen(true)] out DenyList? list)
    {
        list = null;
        if (text.Length > MaxBytes || text.Split('\n') is not [Title, .. var lines, var last, ""] || lines.Length < 2)
            return false;
        if (Word(lines[0], "network ") is not { } network || network != NodeName.NetworkOf(authority))
            return false;
        if (!TryNumber(Word(lines[1], "number "), out var number) || number == 0 || !TryEntries(lines.AsSpan(2), out var entries))
            return false;
        var signature = new byte[64];
        var body = Body(network, number, entries);
        if (!text.StartsWith(body, StringComparison.Ordinal) || Word(last, "signature ") is not { } encoded
            || !Convert.TryFromBase64String(encoded, signature, out var length) || length != signature.Length
            || text != $"{body}signature {Convert.ToBase64String(signature)}\n"
            || !NetworkAuthority.IsSigned(authority, Encoding.ASCII.GetBytes(body), signature))
        {
            return false;
        }

        list = new DenyList(network, number, entries, text);
        return true;
    }

    /// <summary>Reads <see cref="KeptText"/>; null for anything else.</summary>
    internal static DenyList? ReadKept(string text, X509Certificate2 authority)
    {
        if (TryParse(text, authority, out var list))
            return list;
        var empty = Empty(NodeName.NetworkOf(authority));
        return text == empty.KeptText ? empty : null;
    }

    private static string Body(string network, long number, ImmutableSortedDictionary<NodeId, long> entries)
    {
        var body = new StringBuilder();
        body.Append(CultureInfo.InvariantCulture, $"{Title}\nnetwork {network}\nnumber {number}\n");
        foreach (var (id, until) in entries)
            body.Append(CultureInfo.InvariantCulture, $"revoked {id} {until}\n");
        return body.ToString();
    }

    private static bool TryEntries(ReadOnlySpan<string> lines, out ImmutableSortedDictionary<NodeId, long> entries)
    {
        var read = ImmutableSortedDictionary.CreateBuilder<NodeId, long>();
        foreach (var line in lines)
        {
            if (Word(line, "revoked ")?.Split(' ') is not [var id, var until]
                || !TryNumber(id, out var number) || number is 0 or > int.MaxValue || !TryNumber(until, out var time)
                || !read.TryAdd(new NodeId((int)number), time))
            {
                entries = read.ToImmutable();
                return false;
            }
        }

        entries = read.ToImmutable();
        return true;
    }

    private static string? Word(string line, string name) => line.StartsWith(name, StringComparison.Ordinal) ? line[name.Length..] : null;

    private static bool TryNumber(string? text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
