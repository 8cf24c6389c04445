using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using P2PNode.Core;
using P2PNode.Core.Membership;

namespace P2PNode.Protocol;

/// <summary>
/// The packet by which a node announces itself on the local network (docs/protocol.md, Discovery). Its code keeps
/// accidents and other networks out, not attackers: all members share no secret. Thread-safe.
/// </summary>
/// <param name="network">The network's ID.</param>
public sealed class AnnouncementCodec(string network)
{
    /// <summary>The UDP port that all nodes share.</summary>
    public const int Port = 29_570;

    /// <summary>No packet of whatever version is larger.</summary>
    public const int MostBytes = 512;

    /// <summary>Of a packet of this version.</summary>
    public const int Bytes = SignedBytes + CodeBytes;

    private const int TagBytes = 8;
    private const int CodeBytes = 16;
    private const int TagAt = 8;
    private const int SignedBytes = 44;

    private readonly byte[] _secret = SHA256.HashData(Encoding.UTF8.GetBytes("p2pnode-discovery/1 " + network));

    /// <summary>What every packet begins with: magic, version, kind.</summary>
    private static ReadOnlySpan<byte> Head => "P2PN\x01\x01"u8;

    private ReadOnlySpan<byte> Tag => _secret.AsSpan(0, TagBytes);

    private ReadOnlySpan<byte> Key => _secret.AsSpan(TagBytes);

    public byte[] Write(Announcement said)
    {
        var packet = new byte[Bytes];
        Head.CopyTo(packet);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(6), (ushort)said.Port);
        Tag.CopyTo(packet.AsSpan(TagAt));
        BinaryPrimitives.WriteInt32BigEndian(packet.AsSpan(16), said.Id.Value);
        BinaryPrimitives.WriteUInt64BigEndian(packet.AsSpan(20), said.Instance);
        BinaryPrimitives.WriteInt64BigEndian(packet.AsSpan(28), said.Incarnation);
        BinaryPrimitives.WriteInt64BigEndian(packet.AsSpan(36), said.SaidAt);
        Sign(packet);
        return packet;
    }

    /// <summary>False for whatever is no announcement of this network: there is nobody to complain to.</summary>
    public bool TryRead(ReadOnlySpan<byte> packet, out Announcement said)
    {
        said = default;
        if (packet.Length != Bytes || !packet.StartsWith(Head) || !packet.Slice(TagAt, TagBytes).SequenceEqual(Tag) || !IsSigned(packet))
            return false;
        var port = BinaryPrimitives.ReadUInt16BigEndian(packet[6..]);
        var id = BinaryPrimitives.ReadInt32BigEndian(packet[16..]);
        var incarnation = BinaryPrimitives.ReadInt64BigEndian(packet[28..]);
        if (port == 0 || id <= 0 || incarnation < 0)
            return false;
        var instance = BinaryPrimitives.ReadUInt64BigEndian(packet[20..]);
        said = new Announcement(new NodeId(id), instance, incarnation, port, BinaryPrimitives.ReadInt64BigEndian(packet[36..]));
        return true;
    }

    /// <summary>Sets the code of a packet.</summary>
    internal void Sign(Span<byte> packet) => Code(packet[..SignedBytes], packet.Slice(SignedBytes, CodeBytes));

    private bool IsSigned(ReadOnlySpan<byte> packet)
    {
        Span<byte> code = stackalloc byte[CodeBytes];
        Code(packet[..SignedBytes], code);
        return CryptographicOperations.FixedTimeEquals(code, packet[SignedBytes..]);
    }

    private void Code(ReadOnlySpan<byte> signed, Span<byte> code)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(Key, signed, hash);
        hash[..CodeBytes].CopyTo(code);
    }
}
