namespace P2PNode.Tests.Files;

/// <summary>The ways in which a disk spoils a file: cut short, or with a bit turned over.</summary>
internal static class Damage
{
    /// <summary>The content cut at every byte, the empty one included.</summary>
    public static IEnumerable<byte[]> Cuts(byte[] content) => Enumerable.Range(0, content.Length).Select(length => content[..length]);

    /// <summary>The content with one bit of each byte turned over, another one each time.</summary>
    public static IEnumerable<byte[]> Flips(byte[] content) => Enumerable.Range(0, content.Length).Select(at => Flipped(content, at, at * 5 % 8));

    /// <summary>The content with each bit turned over.</summary>
    public static IEnumerable<byte[]> AllFlips(byte[] content) =>
        Enumerable.Range(0, content.Length * 8).Select(bit => Flipped(content, bit / 8, bit % 8));

    public static IEnumerable<byte[]> CutsAndFlips(byte[] content) => Cuts(content).Concat(Flips(content));

    private static byte[] Flipped(byte[] content, int at, int bit)
    {
        byte[] flipped = [.. content];
        flipped[at] ^= (byte)(1 << bit);
        return flipped;
    }
}
