using System.Security.Cryptography;
using System.Text;

namespace P2PNode.EndToEnd.Kit;

/// <summary>What files are filled with.</summary>
internal static class Content
{
    private const int BufferBytes = 1 << 20;

    /// <summary>Fills a file with bytes that follow from the seed.</summary>
    public static void Fill(string path, long size, int seed)
    {
        var random = new Random(seed);
        var buffer = new byte[Math.Min(size, BufferBytes)];
        using var file = File.Create(path);
        for (var left = size; left > 0; left -= buffer.Length)
        {
            var part = buffer.AsSpan(0, (int)Math.Min(left, buffer.Length));
            random.NextBytes(part);
            file.Write(part);
        }
    }

    /// <summary>The content root of a file that is a single leaf of its tree: the plain hash (BEP 52).</summary>
    public static string RootOfSmall(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
