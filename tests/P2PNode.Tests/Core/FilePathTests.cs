using P2PNode.Core;

namespace P2PNode.Tests.Core;

public class FilePathTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("docs/a.txt")]
    [InlineData(".hidden")]
    [InlineData("a b/ c")]
    [InlineData("...a")]
    [InlineData("~$report.docx")]
    [InlineData("what?*<>|\".txt")]
    [InlineData("caf\u00E9")]
    [InlineData("文档/说明.md")]
    [InlineData("👩‍💻.png")]
    [InlineData("\uE000private")]
    [InlineData("console/common.log")]
    [InlineData("com/lpt/com10/lpt0a/nulls/auxiliary")]
    [InlineData("con-fig/my.con")]
    [InlineData("docs/peers/shared/.p2pnode/peer_files.log")]
    [InlineData("peers2/shared.txt")]
    [InlineData("shared文档")]
    [InlineData("p2~1.txt")]
    [InlineData("perfect~1.txt")]
    [InlineData("docs/P2PNOD~1")]
    public void An_ordinary_name_travels(string text)
    {
        Assert.True(FilePath.TryParse(text, out var path, out var reason), reason);
        Assert.Equal(text, path.Value);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("/etc/passwd", "absolute")]
    [InlineData("a//b", "empty part")]
    [InlineData("a/", "empty part")]
    [InlineData(".", "'.'")]
    [InlineData("..", "'..'")]
    [InlineData("a/../b", "'..'")]
    [InlineData("a/./b", "'.'")]
    [InlineData("a.", "dot or a space")]
    [InlineData("...", "dot or a space")]
    [InlineData("a /b", "dot or a space")]
    [InlineData("a./b", "dot or a space")]
    [InlineData("a\\b", "backslash")]
    [InlineData("C:/a", "colon")]
    [InlineData("a.txt:stream", "colon")]
    [InlineData("a\0b", "control")]
    [InlineData("a\nb", "control")]
    [InlineData("a\u001B[2J", "control")]
    [InlineData("a\u007F", "control")]
    [InlineData("a\u009B", "control")]
    public void A_name_that_leaves_its_folder_or_confuses_a_system_is_refused(string text, string because) =>
        AssertRefused(text, because);

    [Theory]
    [InlineData("con")]
    [InlineData("NUL")]
    [InlineData("nul.txt")]
    [InlineData("Nul .tar.gz")]
    [InlineData("a/PRN/b")]
    [InlineData("aux.c")]
    [InlineData("COM0")]
    [InlineData("com9.log")]
    [InlineData("LPT1")]
    [InlineData("com\u00B9")]
    [InlineData("lpt\u00B3.txt")]
    [InlineData("CONIN$")]
    [InlineData("conout$.txt")]
    public void A_device_of_Windows_is_refused(string text) => AssertRefused(text, "device name");

    [Theory]
    [InlineData("peers")]
    [InlineData("Peers/NODE2/a")]
    [InlineData("SHARED/a")]
    [InlineData("peer_files.log")]
    [InlineData("PEER_FILES.LOG")]
    [InlineData(".p2pnode/identity")]
    [InlineData(".P2PNode")]
    public void A_name_that_the_program_keeps_for_itself_is_refused_in_either_case(string text) =>
        AssertRefused(text, "keeps for itself");

    [Theory]
    [InlineData("\u017Fhared")]
    [InlineData("peer\u017F")]
    [InlineData("peer_\uFB01les.log")]
    [InlineData(".p2p\u200Cnode")]
    [InlineData("\uFEFFpeers")]
    [InlineData("sha\u00ADred")]
    [InlineData("peers\uFE0F")]
    [InlineData("P2PNOD~1")]
    [InlineData("p21a2b~1")]
    [InlineData("PEER_F~1.LOG")]
    [InlineData("pe12a~12.log")]
    public void A_name_that_a_file_system_may_take_for_a_kept_one_is_refused(string text) =>
        AssertRefused(text, "keeps for itself");

    [Theory]
    [InlineData("cafe\u0301")]
    [InlineData("\u212A")]
    [InlineData("a\u0323\u0307/b\u0307\u0323")]
    public void A_name_in_another_normal_form_is_refused(string text) => AssertRefused(text, "normal form C");

    [Theory]
    [InlineData(0xD800)]
    [InlineData(0xDC00)]
    public void A_lone_surrogate_is_refused(int half)
    {
        var text = $"a{(char)half}b";

        AssertRefused(text, "valid Unicode");
        AssertRefused(text[..2], "valid Unicode");
        AssertRefused("\uDC00\uD800", "valid Unicode");
    }

    [Theory]
    [InlineData("a\u0378")]
    [InlineData("a\uFFFF")]
    [InlineData("a\uFDD0")]
    [InlineData("a\U000E0080")]
    [InlineData("a\U0010FFFF")]
    public void A_character_without_a_settled_normal_form_is_refused(string text) =>
        AssertRefused(text, "Unicode does not define");

    [Fact]
    public void Lengths_count_in_bytes()
    {
        var part = new string('a', FilePath.MaxPartBytes);
        var longest = string.Join('/', part, part, part, part);

        Assert.Equal(part, FilePath.Parse(part).Value);
        Assert.Equal(1023, FilePath.Parse(longest).Value.Length);
        AssertRefused(part + "a", "a part is longer than 255 bytes");
        AssertRefused(new string('é', 128), "a part is longer than 255 bytes");
        AssertRefused($"{longest}/a", "the path is longer than 1024 bytes");
        AssertRefused(string.Join('/', Enumerable.Repeat(new string('文', 85), 5)), "the path is longer than 1024 bytes");
    }

    [Fact]
    public void A_path_of_exactly_the_longest_length_travels()
    {
        var text = string.Join('/', Enumerable.Repeat(new string('a', 204), 5));

        Assert.Equal(FilePath.MaxBytes, text.Length);
        Assert.True(FilePath.TryParse(text, out _, out _));
    }

    [Fact]
    public void The_name_is_the_last_part()
    {
        Assert.Equal("a.txt", FilePath.Parse("docs/2026/a.txt").Name);
        Assert.Equal("a.txt", FilePath.Parse("a.txt").Name);
    }

    [Fact]
    public void Names_that_differ_only_in_case_are_two() =>
        Assert.NotEqual(FilePath.Parse("readme"), FilePath.Parse("README"));

    [Fact]
    public void Parsing_a_bad_name_says_what_is_bad()
    {
        var error = Assert.Throws<FormatException>(() => FilePath.Parse("a/../b"));

        Assert.Equal("'a/../b': it has a part '.' or '..'.", error.Message);
    }

    private static void AssertRefused(string text, string because)
    {
        Assert.False(FilePath.TryParse(text, out var path, out var reason));
        Assert.Null(path);
        Assert.Contains(because, reason, StringComparison.Ordinal);
    }
}
