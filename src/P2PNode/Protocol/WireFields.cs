namespace P2PNode.Protocol;

/// <summary>Looks at a message before it is parsed: two bytes may stand for an object of a hundred.</summary>
internal static class WireFields
{
    /// <summary>
    /// How many fields a message has, those within its fields left out; null where it is no message, or holds groups, which
    /// none of ours has: the parser would pass over them, and over kinds of fields that there are not, and go on.
    /// </summary>
    public static int? Count(ReadOnlySpan<byte> message)
    {
        var count = 0;
        for (; message.Length > 0; count++)
        {
            if (!TryTakeNumber(ref message, out var tag) || !TrySkip(ref message, (int)(tag & 7)))
                return null;
        }

        return count;
    }

    private static bool TrySkip(ref ReadOnlySpan<byte> message, int wireType)
    {
        var length = 0UL;
        switch (wireType)
        {
            case 0:
                return TryTakeNumber(ref message, out _);
            case 1:
                length = sizeof(ulong);
                break;
            case 2 when TryTakeNumber(ref message, out length):
                break;
            case 5:
                length = sizeof(uint);
                break;
            default:
                return false;
        }

        if (length > (ulong)message.Length)
            return false;
        message = message[(int)length..];
        return true;
    }

    private static bool TryTakeNumber(ref ReadOnlySpan<byte> message, out ulong number)
    {
        number = 0;
        for (var i = 0; i < Math.Min(message.Length, 10); i++)
        {
            number |= (ulong)(message[i] & 0x7F) << (7 * i);
            if (message[i] >= 0x80)
                continue;
            message = message[(i + 1)..];
            return true;
        }

        return false;
    }
}
