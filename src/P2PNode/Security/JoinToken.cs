using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using P2PNode.Core;

namespace P2PNode.Security;

/// <summary>
/// What a person carries to a machine that is to join: which network, as which node, until when, and a secret that is
/// good once. 72 letters and digits, with hyphens for the eye.
/// </summary>
public sealed class JoinToken
{
    /// <summary>No token is good for longer.</summary>
    public static readonly TimeSpan LongestLife = TimeSpan.FromDays(30);

    private const byte Version = 1;
    private const int NetworkBytes = NodeName.NetworkIdChars / 2;
    private const int SecretBytes = 16;
    private const int BodyBytes = 1 + NetworkBytes + sizeof(int) + SecretBytes + sizeof(uint);
    private const int SumBytes = 4;
    private const int GroupChars = 8;

    private readonly byte[] _body;

    private JoinToken(byte[] body) => _body = body;

    public string Network => Convert.ToHexStringLower(_body.AsSpan(1, NetworkBytes));

    public NodeId Id => new(BinaryPrimitives.ReadInt32BigEndian(_body.AsSpan(1 + NetworkBytes)));

    public DateTimeOffset Expires =>
        DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadUInt32BigEndian(_body.AsSpan(BodyBytes - sizeof(uint))));

    /// <summary>The hash of the secret: what the CA keeps of it, and the key of the joiner's proof.</summary>
    internal byte[] SecretHash => SHA256.HashData(_body.AsSpan(1 + NetworkBytes + sizeof(int), SecretBytes));

    public static JoinToken Create(string network, NodeId id, DateTimeOffset expires)
    {
        var body = new byte[BodyBytes];
        body[0] = Version;
        Convert.FromHexString(network).CopyTo(body, 1);
        BinaryPrimitives.WriteInt32BigEndian(body.AsSpan(1 + NetworkBytes), id.Value);
        RandomNumberGenerator.Fill(body.AsSpan(1 + NetworkBytes + sizeof(int), SecretBytes));
        BinaryPrimitives.WriteUInt32BigEndian(body.AsSpan(BodyBytes - sizeof(uint)), (uint)expires.ToUnixTimeSeconds());
        return new JoinToken(body);
    }

    /// <summary>Reads a token as a person typed it. A letter that was left out, mistaken or swapped is noticed.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out JoinToken? token)
    {
        token = null;
        if (CrockfordBase32.Decode(text.Replace("-", "", StringComparison.Ordinal).Trim()) is not { Length: BodyBytes + SumBytes } bytes)
            return false;
        var body = bytes[..BodyBytes];
        if (!SumOf(body).SequenceEqual(bytes.AsSpan(BodyBytes)) || body[0] != Version)
            return false;
        if (BinaryPrimitives.ReadInt32BigEndian(body.AsSpan(1 + NetworkBytes)) <= 0)
            return false;
        token = new JoinToken(body);
        return true;
    }

    /// <summary>Proves that who has a public key knows the secret, without telling it.</summary>
    internal byte[] Prove(ReadOnlySpan<byte> publicKey) => Prove(SecretHash, Network, Id, publicKey);

    internal static byte[] Prove(ReadOnlySpan<byte> secretHash, string network, NodeId id, ReadOnlySpan<byte> publicKey)
    {
        var said = System.Text.Encoding.ASCII.GetBytes($"p2pnode-join/1 {new NodeName(network, id)} ");
        return HMACSHA256.HashData(secretHash, [.. said, .. publicKey]);
    }

    public override string ToString() => string.Join(
        '-', CrockfordBase32.Encode([.. _body, .. SumOf(_body)]).Chunk(GroupChars).Select(group => new string(group)));

    private static ReadOnlySpan<byte> SumOf(byte[] body) => SHA256.HashData(body).AsSpan(0, SumBytes);
}
