using System.Text;

namespace P2PNode.Core.Catalogue;

internal enum GlobTokenKind
{
    /// <summary>One character, of either case.</summary>
    Literal,

    /// <summary>'?': one character that is not '/'.</summary>
    AnyCharacter,

    /// <summary>'*': any number of characters that are not '/'.</summary>
    Star,

    /// <summary>'**': any number of characters.</summary>
    DoubleStar,

    /// <summary>'**/' where a part begins: any number of whole parts, each with its '/'.</summary>
    Folders,
}

/// <summary>One element of a glob.</summary>
/// <param name="Kind">What it stands for.</param>
/// <param name="Literal">The character as it was typed; nothing for the other kinds.</param>
internal readonly record struct GlobToken(GlobTokenKind Kind, Rune Literal = default)
{
    /// <summary>Reads a glob. No '*', '**' or '**/' follows one of its own kind, and a '**/' follows none of them.</summary>
    public static List<GlobToken> Read(string pattern)
    {
        var tokens = new List<GlobToken>();
        var rest = pattern.AsSpan();
        while (!rest.IsEmpty)
        {
            var atPart = tokens.Count == 0 || tokens[^1].Kind == GlobTokenKind.Folders || tokens[^1].Literal.Value == '/';
            var (token, length) = First(rest, atPart);
            if (token.Kind != GlobTokenKind.Folders || tokens.Count == 0 || tokens[^1] != token)
                tokens.Add(token);
            rest = rest[length..];
        }

        return tokens;
    }

    /// <summary>What literal tokens spell.</summary>
    public static string Text(ReadOnlySpan<GlobToken> literals)
    {
        var text = new StringBuilder();
        foreach (var token in literals)
            text.Append(token.Literal.ToString());
        return text.ToString();
    }

    private static (GlobToken Token, int Length) First(ReadOnlySpan<char> text, bool atPart)
    {
        var stars = text.IndexOfAnyExcept('*') is var end && end < 0 ? text.Length : end;
        if (stars > 1)
        {
            return atPart && stars < text.Length && text[stars] == '/'
                ? (new GlobToken(GlobTokenKind.Folders), stars + 1)
                : (new GlobToken(GlobTokenKind.DoubleStar), stars);
        }

        if (stars == 1)
            return (new GlobToken(GlobTokenKind.Star), 1);
        if (text[0] == '?')
            return (new GlobToken(GlobTokenKind.AnyCharacter), 1);
        Rune.DecodeFromUtf16(text, out var rune, out var length);
        return (new GlobToken(GlobTokenKind.Literal, rune), length);
    }
}
