using P2PNode.Core.Catalogue;
using static P2PNode.Tests.Catalogue.Sample;

namespace P2PNode.Tests.Catalogue;

public class ListingRelayTests
{
    private readonly Listing _owner = NewListing();
    private readonly ListingReplica _here = new(Two);
    private readonly ListingReplica _subscriber = new(Two);
    private readonly ListingRelay _relay;

    public ListingRelayTests()
    {
        _owner.PutFile("a");
        _here.Take(_owner.After(_here.Position));
        _relay = new ListingRelay(ListingPosition.Start, maxWaiting: 2);
        _relay.Begin(Copy());
    }

    [Fact]
    public void A_subscriber_gets_what_is_here_and_then_each_change()
    {
        Assert.Equal(1, SendAll());
        Change("b");
        Change("c");

        Assert.Equal(2, SendAll());
        Assert.Equal(_owner.Position, _subscriber.Position);
        Assert.Null(_relay.Next());
    }

    [Fact]
    public void A_change_that_comes_before_the_copy_is_sent_once()
    {
        Change("b");
        Assert.Equal([0L, 1L], [SendOne().PrevSeq, SendOne().PrevSeq]);
        Assert.Null(_relay.Next());
    }

    [Fact]
    public void A_subscriber_that_falls_behind_gets_all_anew()
    {
        SendAll();
        Change("b");
        Change("c");
        Change("d");

        Assert.True(_relay.NeedsCopy);
        Assert.Null(_relay.Next());
        _relay.Begin(Copy());
        SendAll();
        Assert.Equal(_owner.Position, _subscriber.Position);
    }

    [Fact]
    public void A_part_of_a_snapshot_is_never_sent_as_a_change()
    {
        for (var i = 0; i < 1_500; i++)
            _owner.PutFile($"{i}");
        SendAll();
        var snapshot = _owner.After(ListingPosition.Start).ToList();

        foreach (var part in snapshot[..^1])
        {
            Take(part);
            Assert.False(_relay.NeedsCopy);
            Assert.Null(_relay.Next());
        }

        Take(snapshot[^1]);
        Assert.True(_relay.NeedsCopy);
        _relay.Begin(Copy());
        Assert.Equal(snapshot.Count, SendAll());
        Assert.Equal(_owner.Position, _subscriber.Position);
    }

    private Listing Copy() => new(Two, _here.Position.ListId, _here.Position.Seq, _here.Entries);

    private void Change(string path)
    {
        _owner.PutFile(path);
        Take(_owner.After(_here.Position).Single());
    }

    private void Take(ListingBatch batch) => _relay.Follow(batch, Assert.IsType<Applied>(_here.Apply(batch)));

    private ListingBatch SendOne()
    {
        var batch = _relay.Next();
        Assert.NotNull(batch);
        Assert.IsType<Applied>(_subscriber.Apply(batch));
        return batch;
    }

    private int SendAll()
    {
        var count = 0;
        for (; _relay.Next() is { } batch; count++)
            Assert.IsType<Applied>(_subscriber.Apply(batch));
        return count;
    }
}
