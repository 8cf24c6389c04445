using P2PNode.Core.Catalogue;
using P2PNode.Node;
using P2PNode.Protocol;
using P2PNode.Protocol.Messages;
using PathMatch = P2PNode.Core.Catalogue.PathMatch;

namespace P2PNode.Tests.Node;

public sealed class FilesQuestionTests
{
    private FilesQuestion _question = new(new FileQuery { Limit = 3 });

    [Fact]
    public async Task Parts_are_put_together()
    {
        _question.Take(Part(more: true, "a", "b"));
        Assert.False(_question.Answer.IsCompleted);
        _question.Take(Part(more: false, "c"));

        var answer = await _question.Answer;
        Assert.Equal(["a", "b", "c"], answer!.Value.Files.Rows.Select(row => row.Entry.Path.Value));
        Assert.Equal((7, new Completeness(1, 2)), (answer.Value.Files.Found, answer.Value.Listings));
    }

    [Fact]
    public async Task Whoever_does_not_lead_is_no_answer()
    {
        _question.Take(new FilesAnswer { NotLeader = true });

        Assert.Null(await _question.Answer);
    }

    [Fact]
    public void More_rows_than_were_asked_for_break_the_protocol()
    {
        _question.Take(Part(more: true, "a", "b"));

        AssertViolation(Part(more: true, "c", "d"));
    }

    [Fact]
    public void Parts_without_end_break_the_protocol()
    {
        for (var i = 0; i < 600; i++)
            _question.Take(Part(more: true));

        AssertViolation(Part(more: true));
    }

    [Fact]
    public void A_part_without_rows_behind_others_breaks_the_protocol()
    {
        _question.Take(Part(more: true, "a"));

        AssertViolation(Part(more: true));
    }

    [Fact]
    public void A_name_that_may_not_travel_breaks_the_protocol() => AssertViolation(Part(more: false, "../x"));

    [Theory]
    [InlineData("abc/", PathMatch.Folder, "abc/x", "abcd/etc/x")]
    [InlineData("abc/", PathMatch.Folder, "abc/x", "ab")]
    [InlineData("NODE2/a", PathMatch.PathOrName, "b/a", "b/c")]
    [InlineData("NODE3/a", PathMatch.PathOrName, null, "a")]
    [InlineData("*.txt", PathMatch.Pattern, "A.TXT", "a.txt.exe")]
    public void Rows_that_were_not_asked_for_break_the_protocol(string text, PathMatch match, string? asked, string other)
    {
        Assert.True(PathPattern.TryParse(text, match, out var pattern, out _));
        _question = new FilesQuestion(new FileQuery { Pattern = pattern });
        if (asked is not null)
            _question.Take(Part(more: true, asked));

        AssertViolation(Part(more: false, other));
    }

    [Fact]
    public void Rows_of_another_owner_or_size_break_the_protocol()
    {
        _question = new FilesQuestion(new FileQuery { Owner = new(3) });
        AssertViolation(Part(more: false, "a"));
        _question = new FilesQuestion(new FileQuery { MinSize = 1 });
        AssertViolation(Part(more: false, "a"));
    }

    [Theory]
    [InlineData(1, 1, 2)]
    [InlineData(2, -1, 2)]
    [InlineData(2, 3, 2)]
    public void Numbers_that_cannot_be_break_the_protocol(int found, int complete, int expected)
    {
        var part = Part(more: false, "a", "b");
        (part.Found, part.ListingsComplete, part.ListingsExpected) = (found, complete, expected);

        AssertViolation(part);
    }

    private void AssertViolation(FilesAnswer part)
    {
        Assert.Equal(PeerFault.Violation, Assert.Throws<PeerException>(() => _question.Take(part)).Fault);
        Assert.False(_question.Answer.IsCompleted);
    }

    private static FilesAnswer Part(bool more, params string[] paths) => new()
    {
        More = more,
        Found = 7,
        ListingsComplete = 1,
        ListingsExpected = 2,
        Rows = { paths.Select(path => new Row { Owner = 2, Path = path, Holders = { 2 } }) },
    };
}
