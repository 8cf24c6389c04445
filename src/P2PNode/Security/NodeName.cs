using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using P2PNode.Core;

namespace P2PNode.Security;

/// <summary>
/// What a certificate proves of its holder, written as the URI <c>p2pnode://NETWORK/node/ID</c>, or
/// <c>p2pnode://NETWORK/seed/ID</c> for a seed.
/// </summary>
/// <param name="Network">The network's ID: <see cref="NetworkIdChars"/> lower-case hexadecimal digits.</param>
/// <param name="Id">The node, or the seed: both are numbered alike, so that one deny list serves for both.</param>
/// <param name="Role">What the holder may be.</param>
public sealed record NodeName(string Network, NodeId Id, NameRole Role = NameRole.Node)
{
    /// <summary>How many digits a network's ID has: the first 16 bytes of the hash of its CA's public key.</summary>
    public const int NetworkIdChars = 32;

    private const string Scheme = "p2pnode://";
    private const string SubjectAlternativeName = "2.5.29.17";
    private static readonly Asn1Tag UriName = new(TagClass.ContextSpecific, 6);

    /// <summary>The ID of the network of a CA. It comes of the key, so that no other CA can have the same.</summary>
    public static string NetworkOf(X509Certificate2 authority) =>
        Convert.ToHexStringLower(HashOf(authority).AsSpan(0, NetworkIdChars / 2));

    /// <summary>The SHA-256 of a certificate's public key (SubjectPublicKeyInfo).</summary>
    public static byte[] HashOf(X509Certificate2 certificate) =>
        SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo());

    /// <summary>Reads what <see cref="ToString"/> writes, and no other spelling of it.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out NodeName? name)
    {
        name = null;
        var id = Scheme.Length + NetworkIdChars + Path(NameRole.Node).Length; // Both are as long.
        if (text.Length <= id || !int.TryParse(text.AsSpan(id), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number <= 0)
            return false;
        var role = text.AsSpan(Scheme.Length + NetworkIdChars).StartsWith(Path(NameRole.Seed)) ? NameRole.Seed : NameRole.Node;
        var read = new NodeName(text.Substring(Scheme.Length, NetworkIdChars), new NodeId(number), role);
        if (!read.Network.All(char.IsAsciiHexDigitLower) || read.ToString() != text)
            return false;
        name = read;
        return true;
    }

    /// <summary>The name in a certificate; null unless it has exactly one alternative name, and that is such a URI.</summary>
    public static NodeName? Of(X509Certificate2 certificate)
    {
        var extensions = certificate.Extensions.Where(extension => extension.Oid?.Value == SubjectAlternativeName).ToList();
        return extensions is [var only] && OnlyUri(only.RawData) is { } uri && TryParse(uri, out var name) ? name : null;
    }

    /// <summary>The same for people: 'node 7' or 'seed 7'.</summary>
    public string Who => $"{Role.Word()} {Id}";

    public override string ToString() => $"{Scheme}{Network}{Path(Role)}{Id}";

    private static string Path(NameRole role) => role is NameRole.Seed ? "/seed/" : "/node/";

    private static string? OnlyUri(byte[] names)
    {
        try
        {
            var outer = new AsnReader(names, AsnEncodingRules.DER);
            var sequence = outer.ReadSequence();
            outer.ThrowIfNotEmpty();
            if (!sequence.HasData || !sequence.PeekTag().HasSameClassAndValue(UriName))
                return null;
            var uri = sequence.ReadCharacterString(UniversalTagNumber.IA5String, UriName);
            return sequence.HasData ? null : uri;
        }
        catch (AsnContentException)
        {
            return null;
        }
    }
}

/// <summary>What a network's CA says that somebody may be.</summary>
public enum NameRole
{
    /// <summary>A node, with files, that others link with.</summary>
    Node,

    /// <summary>A seed, where nodes register, and nothing else.</summary>
    Seed,
}

internal static class NameRoleWords
{
    /// <summary>What people call who has the role.</summary>
    public static string Word(this NameRole role) => role is NameRole.Seed ? "seed" : "node";
}
