using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using P2PNode.Core;

namespace P2PNode.Tests.Core;

/// <summary>The validator against a second one that is written from the rules alone, with other means.</summary>
public partial class FilePathProperties
{
    /// <summary>Pieces that the rules are about; names made of them break a rule about as often as not.</summary>
    private static readonly string[] Pieces =
    [
        "a", "b", "Z", "9", "~", "1", ".", "..", "/", "/", " ", "é", "e\u0301", "\u0301", "文", "\\", ":", "\0", "\u001F", "\u0085",
        "\uD83D", "\uDE00", "😀", "\u0378", "\uFFFE", "con", "NUL", "com", "lpt\u00B2", "CONOUT$", ".txt", ".log", "peers", "Shared",
        "peer_files", "peer_\uFB01les", ".p2pnode", "P2PNOD", "pe", "\u017F", "\u200D", "\uFE0F",
        new string('x', 120), new string('é', 64), new string('y', 255),
    ];

    private static readonly Arbitrary<string> Texts = Arb.From(
        Gen.Elements(Pieces).ArrayOf().Select(string.Concat),
        text => Enumerable.Range(0, Math.Min(text.Length, 64)).Select(i => text.Remove(i, 1)));

    [Fact]
    public void A_name_is_taken_exactly_when_the_rules_allow_it() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(20_000).WithEndSize(8),
            Prop.ForAll(Texts, text => FilePath.TryParse(text, out _, out _) == IsAllowed(text)));

    [Fact]
    public void What_is_taken_is_kept_as_it_is_and_what_is_refused_has_a_reason() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(5_000).WithEndSize(8),
            Prop.ForAll(Texts, text => FilePath.TryParse(text, out var path, out var reason)
                ? path.Value == text && reason is null && path.Equals(FilePath.Parse(text))
                : path is null && !string.IsNullOrEmpty(reason)));

    [Fact]
    public void Any_text_at_all_is_judged_without_an_exception() =>
        Prop.ForAll<string?>(text => text is null || FilePath.TryParse(text, out _, out _) == IsAllowed(text))
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Order_is_that_of_the_characters() =>
        Prop.ForAll(Texts, Texts, (left, right) =>
            !FilePath.TryParse(left, out var one, out _)
            || !FilePath.TryParse(right, out var other, out _)
            || Math.Sign(one.CompareTo(other)) == Math.Sign(string.CompareOrdinal(left, right)))
            .QuickCheckThrowOnFailure();

    private static bool IsAllowed(string text)
    {
        var parts = text.Split('/');
        return IsSettledNfc(text)
            && Encoding.UTF8.GetByteCount(text) <= 1024
            && parts.All(part => Encoding.UTF8.GetByteCount(part) <= 255)
            && parts.All(part => Part().IsMatch(part) && !Device().IsMatch(part))
            && !Reserved().IsMatch(Folded(parts[0]));
    }

    private static bool IsSettledNfc(string text)
    {
        try
        {
            _ = new UTF8Encoding(false, throwOnInvalidBytes: true).GetByteCount(text);
        }
        catch (EncoderFallbackException)
        {
            return false;
        }

        return text.EnumerateRunes().All(rune => CharUnicodeInfo.GetUnicodeCategory(rune.Value) != UnicodeCategory.OtherNotAssigned)
            && text.Normalize(NormalizationForm.FormC) == text;
    }

    private static string Folded(string part) =>
        Invisible().Replace(part, "").Replace('\u017F', 's').Replace("\uFB01", "fi", StringComparison.Ordinal);

    [GeneratedRegex(@"^(?!\.{1,2}$)[^\x00-\x1F\x7F-\x9F\\:/]*[^\x00-\x1F\x7F-\x9F\\:/. ]\z", RegexOptions.Singleline)]
    private static partial Regex Part();

    [GeneratedRegex(@"^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\x20*(\.|\z)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Device();

    [GeneratedRegex(@"^(peers|shared|peer_files\.log|\.p2pnode|(?=[^.]{1,8}\.)pe[^.~]*~[0-9]+\.log|(?=.{1,8}\z)p2[^.~]*~[0-9]+)\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Reserved();

    [GeneratedRegex(@"\p{Cf}|[\u034F\u115F\u1160\u17B4\u17B5\u180B-\u180F\u3164\uFE00-\uFE0F\uFFA0]|\uDB40[\uDD00-\uDDEF]")]
    private static partial Regex Invisible();
}
