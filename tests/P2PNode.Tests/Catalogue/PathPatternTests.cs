using System.Text;
using P2PNode.Core;
using P2PNode.Core.Catalogue;
using static P2PNode.Tests.Catalogue.Sample;

namespace P2PNode.Tests.Catalogue;

public class PathPatternTests
{
    [Theory]
    [InlineData("", "a")]
    [InlineData("port", "docs/report.pdf")]
    [InlineData("REPORT", "docs/report.pdf")]
    [InlineData("s/r", "docs/report.pdf")]
    [InlineData("docs/", "docs/report.pdf")]
    [InlineData("ÉTÉ", "photos/été/1.jpg")]
    public void Without_wildcards_any_part_of_the_path_is_meant(string pattern, string path) => AssertMatch(pattern, path);

    [Theory]
    [InlineData("*.pdf", "report.pdf")]
    [InlineData("*.PDF", "docs/2026/report.pdf")]
    [InlineData("r?port*", "docs/report.pdf")]
    [InlineData("*", "docs/report.pdf")]
    public void A_glob_without_a_slash_describes_the_name(string pattern, string path) => AssertMatch(pattern, path);

    [Theory]
    [InlineData("docs/*.pdf", "docs/report.pdf")]
    [InlineData("docs/**", "docs/2026/report.pdf")]
    [InlineData("docs/**/*.pdf", "docs/2026/05/report.pdf")]
    [InlineData("docs/**/*.pdf", "docs/report.pdf")]
    [InlineData("**/report.pdf", "report.pdf")]
    [InlineData("**/report.pdf", "a/b/report.pdf")]
    [InlineData("**/**/report.pdf", "report.pdf")]
    [InlineData("***/report.pdf", "a/report.pdf")]
    [InlineData("**.pdf", "docs/report.pdf")]
    [InlineData("d**f", "docs/report.pdf")]
    [InlineData("**", "docs/report.pdf")]
    [InlineData("*/*", "docs/report.pdf")]
    [InlineData("????/*", "docs/report.pdf")]
    [InlineData("a/?.txt", "a/😀.txt")]
    [InlineData("a/?.txt", "a/é.txt")]
    [InlineData("a/É*.txt", "a/été.txt")]
    [InlineData("**/x*y/**/z", "x1y/z")]
    public void A_glob_with_a_slash_or_two_stars_describes_the_whole_path(string pattern, string path) =>
        AssertMatch(pattern, path);

    [Theory]
    [InlineData("x", "docs/report.pdf")]
    [InlineData("*.pd", "report.pdf")]
    [InlineData("report", "repor")]
    [InlineData("docs/*", "docs/2026/report.pdf")]
    [InlineData("docs?report.pdf", "docs/report.pdf")]
    [InlineData("docs?*", "docs/report.pdf")]
    [InlineData("docs/**/report.pdf", "docsreport.pdf")]
    [InlineData("docs/**/report.pdf", "docs/2026-report.pdf")]
    [InlineData("**/report.pdf", "a-report.pdf")]
    [InlineData("a/??.txt", "a/😀.txt")]
    [InlineData("ab*ba", "aba")]
    [InlineData("*a*", "a/b")]
    public void Anything_else_is_not_meant(string pattern, string path)
    {
        Assert.True(PathPattern.TryParse(pattern, out var parsed, out _));
        Assert.False(parsed.Matches(At(path)));
    }

    [Theory]
    [InlineData("NODE2/docs/*", "docs/a")]
    [InlineData("node2/docs/a", "docs/a")]
    [InlineData("NODE2/", "docs/a")]
    [InlineData("Node2/*", "docs/a")]
    [InlineData("NODE2/**/a", "docs/a")]
    public void An_owner_may_stand_in_front(string pattern, string path)
    {
        AssertMatch(pattern, path);
        Assert.True(PathPattern.TryParse(pattern, out var parsed, out _));
        Assert.True(parsed.Covers(Two));
        Assert.False(parsed.Covers(Three));
    }

    [Theory]
    [InlineData("NODE2")]
    [InlineData("NODE/a")]
    [InlineData("NODE0/a")]
    [InlineData("NODE-1/a")]
    [InlineData("NODE2x/a")]
    [InlineData("a/NODE2/a")]
    public void What_only_looks_like_an_owner_is_part_of_a_path(string pattern)
    {
        AssertMatch(pattern, $"a/{pattern}");
        Assert.True(PathPattern.TryParse(pattern, out var parsed, out _));
        Assert.True(parsed.Covers(Three));
    }

    [Fact]
    public void Case_is_ignored_for_the_same_letters_with_and_without_wildcards()
    {
        var letters = Enumerable.Range(0x80, 0x1E900).Where(Rune.IsValid).Select(value => new Rune(value)).Where(Rune.IsLetter);

        Assert.All(
            letters.Where(letter => letter.ToString().IsNormalized()),
            letter =>
            {
                foreach (var other in new[] { Rune.ToUpperInvariant(letter), Rune.ToLowerInvariant(letter) })
                    Assert.Equal(Matches($"{letter}", $"x{other}y"), Matches($"**{letter}*", $"x{other}y"));
            });
    }

    [Fact]
    public void A_pattern_may_be_typed_in_another_normal_form() => AssertMatch("e\u0301te\u0301*", "\u00E9t\u00E9.jpg");

    [Fact]
    public void What_no_path_can_match_or_no_word_can_hold_is_refused()
    {
        AssertRefused(new string('a', 1_041), "longer than 1040");
        AssertRefused("a\uD800", "valid Unicode");
        AssertRefused($"*{new string('a', 62)}*", "more than 63");
        AssertMatch($"*{new string('a', 61)}*", new string('a', 100));
        AssertMatch($"{new string('a', 100)}*{new string('b', 100)}", $"{new string('a', 101)}{new string('b', 101)}");
    }

    /// <summary>A matcher that goes back would need more steps than there is time.</summary>
    [Fact]
    public void No_pattern_is_slow()
    {
        var stars = string.Concat(Enumerable.Repeat("*a", 29));
        var doubleStars = string.Concat(Enumerable.Repeat("**/*a", 15));
        var path = At(string.Join('/', Enumerable.Repeat(new string('a', 200), 5)));

        foreach (var pattern in new[] { $"{stars}b", $"{doubleStars}b", $"{stars}*b*", $"**/{stars}?b*" })
        {
            Assert.True(PathPattern.TryParse(pattern, out var parsed, out var reason), reason);
            Assert.False(parsed.Matches(path));
        }
    }

    [Theory]
    [InlineData("port")]
    [InlineData("*.pdf")]
    [InlineData("docs/**/R?port*.pdf")]
    [InlineData("**/é*")]
    public void Matching_allocates_nothing(string pattern)
    {
        Assert.True(PathPattern.TryParse(pattern, out var parsed, out _));
        var path = At("docs/été/2026/report.pdf");
        parsed.Matches(path);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            parsed.Matches(path);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static bool Matches(string pattern, string path)
    {
        Assert.True(PathPattern.TryParse(pattern, out var parsed, out _));
        return FilePath.TryParse(path, out var parsedPath, out _) && parsed.Matches(parsedPath);
    }

    private static void AssertMatch(string pattern, string path)
    {
        Assert.True(PathPattern.TryParse(pattern, out var parsed, out var reason), reason);
        Assert.True(parsed.Matches(At(path)));
    }

    private static void AssertRefused(string pattern, string because)
    {
        Assert.False(PathPattern.TryParse(pattern, out var parsed, out var reason));
        Assert.Null(parsed);
        Assert.Contains(because, reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("docs/a.txt", PathMatch.PathOrName, "docs/a.txt", true)]
    [InlineData("a.txt", PathMatch.PathOrName, "docs/a.txt", true)]
    [InlineData("a.txt", PathMatch.PathOrName, "a.txt", true)]
    [InlineData("A.txt", PathMatch.PathOrName, "a.txt", false)]
    [InlineData("a", PathMatch.PathOrName, "a.txt", false)]
    [InlineData("docs/a.txt", PathMatch.PathOrName, "my/docs/a.txt", false)]
    [InlineData("what?", PathMatch.PathOrName, "whats", false)]
    [InlineData("what?", PathMatch.PathOrName, "what?", true)]
    [InlineData("NODE2/a.txt", PathMatch.PathOrName, "docs/a.txt", true)]
    [InlineData("docs/", PathMatch.Folder, "docs/a/b.txt", true)]
    [InlineData("docs/", PathMatch.Folder, "docs2/b.txt", false)]
    [InlineData("docs/", PathMatch.Folder, "Docs/b.txt", false)]
    [InlineData("docs/", PathMatch.Folder, "my/docs/b.txt", false)]
    [InlineData("NODE2/", PathMatch.Folder, "b.txt", true)]
    public void A_text_can_stand_for_exactly_one_path_name_or_folder(string text, PathMatch match, string path, bool meant)
    {
        Assert.True(PathPattern.TryParse(text, match, out var pattern, out _));
        Assert.Equal(meant, pattern.Matches(FilePath.Parse(path)));
        Assert.Equal((text, match), (pattern.Text, pattern.Match));
    }

    [Theory]
    [InlineData("docs", PathMatch.Folder)]
    [InlineData("", PathMatch.Folder)]
    [InlineData("", PathMatch.PathOrName)]
    [InlineData("NODE2/", PathMatch.PathOrName)]
    public void What_names_no_path_is_refused(string text, PathMatch match)
    {
        Assert.False(PathPattern.TryParse(text, match, out _, out var reason));
        Assert.NotEmpty(reason);
    }

    [Fact]
    public void The_longest_path_may_have_its_owner_in_front()
    {
        var path = string.Join('/', Enumerable.Repeat(new string('x', 204), 5));
        Assert.Equal(FilePath.MaxBytes, path.Length);

        Assert.True(PathPattern.TryParse($"NODE{int.MaxValue}/{path}", PathMatch.PathOrName, out var pattern, out _));
        Assert.True(pattern.Matches(FilePath.Parse(path)));
    }
}
