using System.Buffers.Binary;

namespace P2PNode.Fuzz;

/// <summary>Spoils inputs, a little or much.</summary>
internal static class Mutator
{
    /// <summary>Values at which lengths and numbers go wrong.</summary>
    private static readonly ulong[] Edges =
    [
        0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x7FFFFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF,
    ];

    public static byte[] Mutate(byte[] input, Func<byte[]> another, Random random)
    {
        var bytes = new List<byte>(input);
        for (var count = random.Next(5) == 0 ? random.Next(1, 30) : random.Next(1, 4); count > 0; count--)
            Spoil(bytes, another, random);
        return [.. bytes];
    }

    /// <summary>For a part of an input, so that what is around it stays whole.</summary>
    public static byte[] MutateNowAndThen(byte[] part, Random random) => random.Next(3) == 0 ? Mutate(part, () => part, random) : part;

    private static void Spoil(List<byte> bytes, Func<byte[]> another, Random random)
    {
        var at = random.Next(bytes.Count + 1);
        var length = Math.Min(random.Next(1, random.Next(2) == 0 ? 5 : 200), bytes.Count - at);
        switch (random.Next(9))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when at < bytes.Count:
                bytes[at] = (byte)random.Next(256);
                break;
            case 2:
                bytes.RemoveRange(at, length);
                break;
            case 3:
                bytes.InsertRange(at, bytes.GetRange(at, length));
                break;
            case 4:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 5:
                Overwrite(bytes, at, Edge(random));
                break;
            case 6:
                bytes.InsertRange(at, Edge(random));
                break;
            case 7:
                var other = another();
                var from = random.Next(other.Length + 1);
                bytes.InsertRange(at, other.AsSpan(from, Math.Min(other.Length - from, random.Next(400))));
                break;
            default:
                for (var repeat = random.Next(1, 60); repeat > 0 && length > 0 && bytes.Count < 1 << 16; repeat--)
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                break;
        }
    }

    private static void Overwrite(List<byte> bytes, int at, byte[] value)
    {
        for (var i = 0; i < value.Length && at + i < bytes.Count; i++)
            bytes[at + i] = value[i];
    }

    /// <summary>A number that matters, as it may be written: in 2 or 4 bytes of either order, or as a varint.</summary>
    private static byte[] Edge(Random random)
    {
        var value = Edges[random.Next(Edges.Length)];
        var bytes = new byte[10];
        switch (random.Next(4))
        {
            case 0:
                BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)value);
                return bytes[..4];
            case 1:
                BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)value);
                return bytes[..4];
            case 2:
                BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)value);
                return bytes[..2];
            default:
                var length = 0;
                for (; value >= 0x80; value >>= 7)
                    bytes[length++] = (byte)(value | 0x80);
                bytes[length++] = (byte)value;
                return bytes[..length];
        }
    }
}
