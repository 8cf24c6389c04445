using System.Globalization;
using System.Text;

namespace P2PNode;

/// <summary>Texts that others chose, names of files above all, as they may stand on a terminal.</summary>
public static class Printable
{
    /// <summary>The text with each control character written out: none may move the cursor or colour what follows.</summary>
    public static string Of(string text)
    {
        if (!text.Any(IsControl))
            return text;
        var printable = new StringBuilder();
        foreach (var c in text)
        {
            if (IsControl(c))
                printable.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                printable.Append(c);
        }

        return printable.ToString();
    }

    /// <summary>Control characters, and those that order or break lines otherwise than they stand.</summary>
    private static bool IsControl(char c) =>
        char.IsControl(c) || c is '\u2028' or '\u2029' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');
}
