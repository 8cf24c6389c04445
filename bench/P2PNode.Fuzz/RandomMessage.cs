using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace P2PNode.Fuzz;

/// <summary>Messages that parse, with fields of all values: likely ones, and those at which rules begin and end.</summary>
internal static class RandomMessage
{
    private static readonly long[] Numbers =
        [0, 1, 2, 3, 7, 17, 1000, 5001, 65535, 65536, 637_000_000_012_345_678, int.MaxValue, 1L << 32, long.MaxValue, long.MinValue, -1, int.MinValue];

    private static readonly string[] Texts =
    [
        "a", "docs/a.txt", "docs", "ä/ö", "a\u0308", "", ".", "..", "../x", "/x", "a//b", "peers/x", ".p2pnode/x", "con", "a\\b", "a:b", "a\u0000b", "\ud83d\ude00",
        "127.0.0.1", "host.local", "::1", "*", "**/*.txt", "?", "NODE2/docs/", "NODE2/*", "[a", new string('x', 255), new string('y', 1100), string.Join('/', Enumerable.Repeat("d", 400)),
    ];

    public static T Fill<T>(T message, Random random)
        where T : IMessage
    {
        foreach (var field in message.Descriptor.Fields.InDeclarationOrder())
        {
            if (random.Next(6) > 0 && (field.ContainingOneof is null || random.Next(4) == 0))
                Fill(field, message, random);
        }

        return message;
    }

    /// <summary>As many of one field, empty, as a frame can hold: what costs its sender least and its receiver most.</summary>
    public static byte[] Swarm<T>(Random random)
        where T : IMessage, new()
    {
        var fields = new T().Descriptor.Fields.InDeclarationOrder();
        var field = random.Next(4) == 0 ? random.Next(1, 40) : fields[random.Next(fields.Count)].FieldNumber;
        byte[] empty = [(byte)(Math.Min(field, 15) << 3 | 2), 0];
        return [.. Enumerable.Repeat(empty, (32 << random.Next(11)) - 1).SelectMany(bytes => bytes)];
    }

    private static void Fill(FieldDescriptor field, IMessage message, Random random)
    {
        if (!field.IsRepeated)
        {
            field.Accessor.SetValue(message, Value(field, random));
            return;
        }

        var list = (System.Collections.IList)field.Accessor.GetValue(message);
        for (var count = random.Next(30) == 0 ? random.Next(1200) : random.Next(4); count > 0; count--)
            list.Add(Value(field, random));
    }

    private static object Value(FieldDescriptor field, Random random) => field.FieldType switch
    {
        FieldType.Bool => random.Next(2) == 0,
        FieldType.String => Texts[random.Next(Texts.Length)],
        FieldType.Bytes => Bytes(random),
        FieldType.Enum => random.Next(8) == 0 ? random.Next(-2, 99) : random.Next(field.EnumType.Values.Count),
        FieldType.Message => Fill((IMessage)Activator.CreateInstance(field.MessageType.ClrType)!, random),
        FieldType.Int32 => unchecked((int)Number(random)),
        FieldType.Int64 => Number(random),
        FieldType.UInt32 => unchecked((uint)Number(random)),
        FieldType.UInt64 or FieldType.Fixed64 => unchecked((ulong)Number(random)),
        _ => throw new NotSupportedException($"{field.FullName} is of a type that no message of ours had."),
    };

    private static long Number(Random random) => random.Next(3) == 0 ? Numbers[random.Next(Numbers.Length)] : random.Next(1, 20);

    private static ByteString Bytes(Random random)
    {
        var bytes = new byte[random.Next(4) == 0 ? random.Next(40) : 32];
        if (random.Next(2) == 0)
            random.NextBytes(bytes);
        return ByteString.CopyFrom(bytes);
    }
}
