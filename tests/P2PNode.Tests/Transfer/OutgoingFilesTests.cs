using P2PNode.Core;
using P2PNode.Protocol.Messages;
using P2PNode.Tests.Testing;
using P2PNode.Transfer;
using static P2PNode.Tests.Catalogue.Sample;

namespace P2PNode.Tests.Transfer;

public sealed class OutgoingFilesTests
{
    private const long Size = 16 << 20;

    private readonly ManualClock _clock = new();
    private readonly OutgoingFiles _files;

    public OutgoingFilesTests() => _files = new OutgoingFiles(_clock);

    [Fact]
    public void What_went_to_a_node_over_several_links_is_shown_in_one_row_until_all_went()
    {
        var first = Begin(Two, "a.iso");
        var second = Begin(Two, "a.iso");
        using var other = Begin(Three, "a.iso");
        first!.Went(Size / 2);
        second!.Went(Size / 4);
        Assert.Equal([(Two, Size * 3 / 4), (Three, 0)], _files.Show().Select(file => (file.To, file.Done)));

        second.Went(Size);
        first.Dispose();
        Assert.Equal([(Two, Size), (Three, 0)], _files.Show().Select(file => (file.To, file.Done)));
        second.Dispose();
        Assert.Equal([Three], _files.Show().Select(file => file.To));
    }

    [Fact]
    public void Who_asks_for_no_more_is_forgotten_after_a_while_but_not_while_an_answer_is_under_way()
    {
        var slow = Begin(Two, "a.iso");
        slow!.Went(1);
        _clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Single(_files.Show());

        slow.Dispose();
        _clock.Advance(TimeSpan.FromSeconds(4));
        Assert.Single(_files.Show());
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Empty(_files.Show());
    }

    [Fact]
    public void Small_files_are_not_shown()
    {
        Assert.Null(Begin(Two, "a.txt", PieceLayer.LargeFrom - 1));
        Assert.Empty(_files.Show());
    }

    private OutgoingFiles.Answer? Begin(NodeId to, string path, long size = Size) =>
        _files.Begin(to, new AskedRange(1, RangeKind.Bytes, One, At(path), default, size, 1, 0, size));
}
