using System.Text;
using FsCheck;
using FsCheck.Fluent;
using P2PNode.Core;
using P2PNode.Core.Catalogue;

namespace P2PNode.Tests.Catalogue;

/// <summary>The automaton against a matcher that simply tries everything.</summary>
public class PathPatternProperties
{
    private static readonly Arbitrary<string> Patterns =
        Texts("a", "B", "é", "😀", "/", "/", "*", "*", "**", "**/", "?", "\u0131", "ſ");

    private static readonly Arbitrary<string> Paths = Texts("a", "A", "b", "É", "😀", "/", "/", "\u0131", "s");

    [Fact]
    public void A_pattern_means_what_trying_every_way_finds() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(50_000).WithEndSize(12), Prop.ForAll(Patterns, Paths, (pattern, path) =>
            !FilePath.TryParse(path, out var parsedPath, out _)
            || !PathPattern.TryParse(pattern, out var parsed, out _)
            || (parsed.Matches(parsedPath) == Means(pattern, path)
                && (!parsed.IsGlob || !Ascii.IsValid(path) || parsed.MatchesAscii(PathText.Fold(path)) == Means(pattern, path)))));

    private static Arbitrary<string> Texts(params string[] pieces) => Arb.From(
        Gen.Elements(pieces).ArrayOf().Select(string.Concat),
        text => Enumerable.Range(0, text.Length).Select(i => text.Remove(i, 1)));

    private static bool Means(string pattern, string path)
    {
        if (!pattern.Contains('*') && !pattern.Contains('?'))
            return path.Contains(pattern, StringComparison.OrdinalIgnoreCase);
        var whole = pattern.Contains('/') || pattern.Contains("**", StringComparison.Ordinal);
        return Means(Runes(pattern), 0, Runes(whole ? path : path.Split('/')[^1]), 0);
    }

    private static bool Means(Rune[] pattern, int i, Rune[] text, int j)
    {
        if (i == pattern.Length)
            return j == text.Length;

        var end = i;
        while (end < pattern.Length && pattern[end].Value == '*')
            end++;
        var behind = Enumerable.Range(j, text.Length - j + 1);
        if (end - i > 1 && (i == 0 || pattern[i - 1].Value == '/') && end < pattern.Length && pattern[end].Value == '/')
            return behind.Any(k => (k == j || text[k - 1].Value == '/') && Means(pattern, end + 1, text, k));
        if (end - i > 1)
            return behind.Any(k => Means(pattern, end, text, k));
        if (end - i == 1)
            return behind.TakeWhile(k => k == j || text[k - 1].Value != '/').Any(k => Means(pattern, end, text, k));
        return j < text.Length
            && (pattern[i].Value == '?' ? text[j].Value != '/' : AreEqual(pattern[i], text[j]))
            && Means(pattern, i + 1, text, j + 1);
    }

    private static bool AreEqual(Rune left, Rune right) =>
        string.Equals(left.ToString(), right.ToString(), StringComparison.OrdinalIgnoreCase);

    private static Rune[] Runes(string text) => [.. text.EnumerateRunes()];
}
