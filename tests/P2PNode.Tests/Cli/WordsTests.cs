using P2PNode.Cli.Configuration;
using P2PNode.Cli.Display;

namespace P2PNode.Tests.Cli;

public sealed class WordsTests
{
    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1024, "1.0 KiB")]
    [InlineData(1_048_575, "1.0 MiB")]
    [InlineData(123_456_789, "117.7 MiB")]
    [InlineData(long.MaxValue, "8.0 EiB")]
    public void A_size_is_told_in_the_unit_that_fits(long bytes, string words) => Assert.Equal(words, Words.Size(bytes));

    [Theory]
    [InlineData("Ä b 日本", "Ä b 日本")]
    [InlineData("a\u001b[31mb", "a\\u001b[31mb")]
    [InlineData("a\r\nb\u009bc\u202ed", "a\\u000d\\u000ab\\u009bc\\u202ed")]
    public void Control_characters_are_written_out(string text, string shown)
    {
        using var output = new StringWriter();
        new Screen(output, isTerminal: false, TimeProvider.System).Pairs([("not shared", text)]);

        Assert.Equal($"  not shared  {shown}{Environment.NewLine}", output.ToString());
        Assert.Equal(shown, Printable.Of(text));
    }

    [Theory]
    [InlineData("sttaus", "status")]
    [InlineData("STATUS", "status")]
    [InlineData("file", "files")]
    [InlineData("x", null)]
    [InlineData("network", null)]
    public void The_nearest_word_is_suggested_where_one_is_near(string typed, string? meant) =>
        Assert.Equal(meant, Suggestion.Nearest(typed, ["status", "members", "files", "up"]));
}
