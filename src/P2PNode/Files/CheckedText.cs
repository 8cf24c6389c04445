using System.Globalization;
using System.Text;

namespace P2PNode.Files;

/// <summary>
/// Small files of ASCII lines that are replaced whole and durably. The last line is a checksum of those before it, so that
/// no damage goes unnoticed.
/// </summary>
internal static class CheckedText
{
    private const string Label = "crc32c:";

    /// <summary>What such a file may have at most; none of ours comes near it.</summary>
    private const int MostBytes = 64 << 20;

    /// <summary>The lines without the checksum; null where there is no file.</summary>
    /// <param name="path">Where.</param>
    /// <param name="acceptsUnchecked">Whether to take a file of an earlier version, which has no checksum, as it is.</param>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static string? Read(string path, bool acceptsUnchecked = false)
    {
        if (Directory.Exists(path))
            throw new IOException($"{path} is a folder, where a file should be; move it away.");
        if (!File.Exists(path))
            return null;
        if (new FileInfo(path).Length > MostBytes)
            throw Damaged(path);
        var text = File.ReadAllText(path);
        if (!text.EndsWith('\n'))
            throw Damaged(path); // Cut off: the last line may lack something.
        var start = text.Length < 2 ? 0 : text.LastIndexOf('\n', text.Length - 2) + 1;
        if (!text.AsSpan(start).StartsWith(Label, StringComparison.Ordinal))
            return acceptsUnchecked ? text : throw Damaged(path);
        return text[start..] == Last(text[..start]) ? text[..start] : throw Damaged(path);
    }

    /// <summary>Returns once the lines are on disk.</summary>
    public static void Write(string path, string lines) => AtomicFile.Write(path, Encoding.ASCII.GetBytes(lines + Last(lines)));

    private static string Last(string lines) => string.Create(
        CultureInfo.InvariantCulture, $"{Label}{~Crc32C.Append(uint.MaxValue, Encoding.UTF8.GetBytes(lines)):x8}\n");

    private static InvalidDataException Damaged(string path) => new($"{path} is damaged: it is not as it was written.");
}
