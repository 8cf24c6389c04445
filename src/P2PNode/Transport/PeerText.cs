using System.Text;

namespace P2PNode.Transport;

/// <summary>What a stranger says ends up in logs and tables: it is kept short, and without control characters.</summary>
internal static class PeerText
{
    /// <summary>For what a peer calls something.</summary>
    public const int NameLength = 64;

    /// <summary>For a sentence of a peer.</summary>
    public const int SentenceLength = 256;

    public static string Printable(string text, int length)
    {
        var printable = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsControl(rune))
                continue;
            if (printable.Length + rune.Utf16SequenceLength > length)
                break;
            printable.Append(rune);
        }

        return printable.ToString();
    }
}
