using System.Text;

namespace P2PNode.Security;

/// <summary>Bytes as letters and digits that people do not confuse (Crockford's base 32); for whole multiples of 5 bytes.</summary>
internal static class CrockfordBase32
{
    private const string Digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length * 8 / 5);
        for (var i = 0; i < bytes.Length; i += 5)
        {
            var group = 0L;
            foreach (var b in bytes.Slice(i, 5))
                group = (group << 8) | b;
            for (var shift = 35; shift >= 0; shift -= 5)
                text.Append(Digits[(int)(group >> shift) & 31]);
        }

        return text.ToString();
    }

    /// <summary>Null where there is anything but digits. Small letters, O for 0, I and L for 1 are understood.</summary>
    public static byte[]? Decode(string text)
    {
        if (text.Length % 8 != 0)
            return null;
        var bytes = new byte[text.Length / 8 * 5];
        for (var i = 0; i < text.Length / 8; i++)
        {
            var group = 0L;
            foreach (var c in text.AsSpan(i * 8, 8))
            {
                var digit = Digits.IndexOf(Plain(c), StringComparison.Ordinal);
                if (digit < 0)
                    return null;
                group = (group << 5) | (uint)digit;
            }

            for (var j = 4; j >= 0; j--, group >>= 8)
                bytes[i * 5 + j] = (byte)group;
        }

        return bytes;
    }

    private static char Plain(char c) => char.ToUpperInvariant(c) switch
    {
        'O' => '0',
        'I' or 'L' => '1',
        var plain => plain,
    };
}
