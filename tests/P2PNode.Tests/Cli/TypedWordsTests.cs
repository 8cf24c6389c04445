using P2PNode.Cli.Typing;

namespace P2PNode.Tests.Cli;

public class TypedWordsTests
{
    [Theory]
    [InlineData("get a.txt", "get|a.txt")]
    [InlineData("  get   a\t", "get|a")]
    [InlineData("say \"two words\" more", "say|two words|more")]
    [InlineData("get NODE2/\"my photos\"/", "get|NODE2/my photos/")]
    [InlineData("files '*.pdf' 'a b'", "files|*.pdf|a b")]
    [InlineData("say it's me", "say|it's|me")]
    [InlineData("say 'tis", "say|'tis")]
    [InlineData("say \"\"", "say|")]
    [InlineData("get \"open end", "get|open end")]
    [InlineData("'", "'")]
    [InlineData("", "")]
    public void A_line_is_divided_at_blanks_outside_of_quotes(string line, string words) =>
        Assert.Equal(words, string.Join('|', TypedWords.Split(line)));

    [Theory]
    [InlineData("get ab", 4, "ab")]
    [InlineData("get ", 4, "")]
    [InlineData("get \"my pho", 4, "my pho")]
    [InlineData("", 0, "")]
    public void The_last_word_is_what_no_blank_stands_behind(string text, int start, string word) =>
        Assert.Equal((start, word), TypedWords.Last(text));
}
