using P2PNode.Node;
using P2PNode.Tests.Testing;
using P2PNode.Transfer;
using static P2PNode.Tests.Catalogue.Sample;

namespace P2PNode.Tests.Node;

public sealed class TransferBoardTests
{
    private readonly ManualClock _clock = new();
    private readonly TransferBoard _board;
    private readonly List<OutgoingFile> _outgoing = [];
    private long _done;

    public TransferBoardTests() => _board = new TransferBoard(One, () => _outgoing, _clock);

    [Fact]
    public void A_file_is_shown_with_what_came_of_it_and_how_fast_until_it_is_here()
    {
        var shown = _board.Add(Two, () => [new LargeTransfer(File("docs/a.iso", 1, content: 4_000), [Two, Three], _done)]);
        Assert.Equal(0, Assert.Single(_board.Show()).Rate);

        _clock.Advance(TimeSpan.FromSeconds(2));
        _done = 1_000;
        var transfer = Assert.Single(_board.Show());
        Assert.Equal(("NODE2/docs/a.iso", One, 1_000, 4_000, 500), (transfer.File, transfer.To, transfer.Done, transfer.Size, transfer.Rate));
        Assert.Equal([Two, Three], transfer.From.AsEnumerable());

        _clock.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal(500, Assert.Single(_board.Show()).Rate);
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(250, Assert.Single(_board.Show()).Rate);

        shown.Dispose();
        Assert.Empty(_board.Show());
    }

    [Fact]
    public void What_goes_to_others_is_shown_for_each_of_them()
    {
        _outgoing.AddRange([new OutgoingFile(Two, One, At("a.iso"), 4_000, 0), new OutgoingFile(Three, One, At("a.iso"), 4_000, 2_000)]);
        _board.Show();
        _clock.Advance(TimeSpan.FromSeconds(2));
        _outgoing[0] = _outgoing[0] with { Done = 1_000 };

        var shown = _board.Show();

        Assert.Equal([("NODE1/a.iso", Two, 1_000, 500), ("NODE1/a.iso", Three, 2_000, 0)], shown.Select(file => (file.File, file.To, file.Done, file.Rate)));
        Assert.All(shown, file => Assert.Equal([One], file.From.AsEnumerable()));
        using var own = _board.Add(One, () => []);
        Assert.False(_board.IsOnItsWayElsewhere(One, At("a.iso"), own));
    }

    [Fact]
    public void A_file_is_on_its_way_where_somebody_gives_it_to_another_download()
    {
        var file = File("docs/a.iso", 1, content: 4_000);
        using var own = _board.Add(Two, () => [new LargeTransfer(file, [Two], 0)]);
        using var abandoned = _board.Add(Two, () => [new LargeTransfer(file, [], 0)]);
        Assert.False(_board.IsOnItsWayElsewhere(Two, At("docs/a.iso"), own));

        using var other = _board.Add(Two, () => [new LargeTransfer(file, [Three], 0)]);
        Assert.True(_board.IsOnItsWayElsewhere(Two, At("docs/a.iso"), own));
        Assert.False(_board.IsOnItsWayElsewhere(Three, At("docs/a.iso"), own));
        Assert.False(_board.IsOnItsWayElsewhere(Two, At("docs/b.iso"), own));
    }
}
