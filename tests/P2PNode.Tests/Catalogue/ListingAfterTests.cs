using P2PNode.Core.Catalogue;
using static P2PNode.Tests.Catalogue.Sample;

namespace P2PNode.Tests.Catalogue;

public class ListingAfterTests
{
    [Fact]
    public void A_subscriber_with_nothing_gets_all_as_a_snapshot()
    {
        var listing = NewListing();
        listing.PutFile("b");
        listing.PutFile("a");
        listing.PutFile("c");
        listing.Remove("c");

        var batch = Assert.Single(listing.After(ListingPosition.Start));

        Assert.Equal((0, 4, false), (batch.PrevSeq, batch.LastSeq, batch.More));
        Assert.Equal([File("b", 1), File("a", 2)], batch.Entries);
        Assert.Equal(listing.Position.Digest, batch.Digest);
    }

    [Fact]
    public void A_subscriber_of_an_empty_list_learns_that_it_is_empty()
    {
        var batch = Assert.Single(NewListing().After(ListingPosition.Start));

        Assert.Equal((ListId, 0, 0, false), (batch.ListId, batch.PrevSeq, batch.LastSeq, batch.More));
        Assert.Empty(batch.Entries);
    }

    [Fact]
    public void A_subscriber_that_has_all_is_told_so()
    {
        var listing = NewListing();
        listing.PutFile("a");

        var batch = Assert.Single(listing.After(listing.Position));

        Assert.Equal((1, 1, false), (batch.PrevSeq, batch.LastSeq, batch.More));
        Assert.Empty(batch.Entries);
        Assert.Equal(listing.Position.Digest, batch.Digest);
    }

    [Fact]
    public void A_subscriber_gets_the_latest_change_of_each_path_since_its_position()
    {
        var listing = NewListing();
        listing.PutFile("a");
        listing.PutFile("b");
        var have = listing.Position;
        listing.PutFile("c", 1);
        listing.PutFile("c", 2);
        listing.Remove("a");
        listing.PutFile("d");
        listing.Remove("d");
        listing.PutFile("e");
        listing.Remove("e");
        listing.PutFile("e", 3);

        var batch = Assert.Single(listing.After(have));

        Assert.Equal((2, 10), (batch.PrevSeq, batch.LastSeq));
        Assert.Equal([File("c", 4, 2), Removal("a", 5), Removal("d", 7), File("e", 10, 3)], batch.Entries);
    }

    [Fact]
    public void A_position_that_this_list_never_had_gets_a_snapshot()
    {
        var listing = NewListing();
        listing.PutFile("a");
        listing.PutFile("b");
        var digest = listing.Position.Digest;

        AssertSnapshot(listing, new ListingPosition(ListId + 1, 1, digest));
        AssertSnapshot(listing, new ListingPosition(ListId, 3, digest));
        AssertSnapshot(listing, new ListingPosition(ListId, 2, digest.Plus(File("x", 1))));
        AssertSnapshot(listing, new ListingPosition(ListId, -1, digest));
    }

    [Fact]
    public void What_was_removed_before_a_restart_is_not_known_any_more()
    {
        var listing = NewListing();
        listing.PutFile("a");
        var have = listing.Position;
        listing.PutFile("b");

        AssertSnapshot(new Listing(Two, ListId, 2, listing.Entries), have);
    }

    [Fact]
    public void Only_the_latest_removals_are_remembered()
    {
        var listing = NewListing();
        for (var i = 0; i <= ListingLimits.MaxRemovals; i++)
            listing.PutFile($"{i}");
        var old = listing.Position;
        listing.Remove("0");
        var recent = listing.Position;
        for (var i = 1; i < ListingLimits.MaxRemovals; i++)
            listing.Remove($"{i}");

        Assert.Equal(old.Seq, listing.After(old).First().PrevSeq);
        listing.Remove($"{ListingLimits.MaxRemovals}");
        AssertSnapshot(listing, old);
        Assert.Equal(recent.Seq, listing.After(recent).First().PrevSeq);
        Assert.Equal(ListingLimits.MaxRemovals, listing.After(recent).Sum(batch => batch.Entries.Length));
    }

    [Fact]
    public void Batches_hold_at_most_a_thousand_entries()
    {
        var listing = NewListing();
        for (var i = 0; i < 2_001; i++)
            listing.Put(At($"{i}"), EntryKind.EmptyFolder, 0, 0, false, default);

        var batches = listing.After(ListingPosition.Start).ToList();

        Assert.True(batches.Count > 3);
        Assert.All(batches, batch => Assert.InRange(batch.Entries.Length, 1, ListingLimits.MaxBatchEntries));
        Assert.All(batches, batch => Assert.InRange(Estimate(batch), 1, ListingLimits.MaxBatchBytes));
        Assert.All(batches.SkipLast(1), batch => Assert.Equal((true, null), (batch.More, batch.Digest)));
        Assert.Equal((false, listing.Position.Digest), (batches[^1].More, batches[^1].Digest));
        Assert.Equal([0, .. batches.SkipLast(1).Select(batch => batch.LastSeq)], batches.Select(batch => batch.PrevSeq));
    }

    [Fact]
    public void Batches_of_the_longest_paths_fit_a_control_frame()
    {
        var listing = NewListing();
        for (var i = 0; i < 100; i++)
            listing.PutFile($"{i:D4}/{string.Join('/', Enumerable.Repeat(new string('x', 254), 4))[..1019]}");

        var batches = listing.After(ListingPosition.Start).ToList();

        Assert.Equal(100, batches.Sum(batch => batch.Entries.Length));
        Assert.All(batches, batch => Assert.InRange(Estimate(batch), 1, ListingLimits.MaxBatchBytes));
    }

    [Fact]
    public void A_change_between_two_batches_travels_in_a_later_one()
    {
        var (listing, replica) = (NewListing(), new ListingReplica(Two));
        for (var i = 0; i < 2_000; i++)
            listing.PutFile($"folder/{i:D4}");
        using var batches = listing.After(ListingPosition.Start).GetEnumerator();

        Assert.True(batches.MoveNext());
        replica.Take([batches.Current]);
        listing.PutFile("folder/0000", 7);
        listing.Remove("folder/0001");
        listing.PutFile("new");
        while (batches.MoveNext())
            replica.Take([batches.Current]);

        Assert.True(replica.IsComplete);
        Assert.Equal(listing.Position, replica.Position);
        Assert.Equal(listing.Entries, replica.Entries);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_stream_that_too_many_removals_overtake_starts_over(bool delta)
    {
        var (listing, replica) = (NewListing(), new ListingReplica(Two));
        if (delta)
        {
            listing.PutFile("first");
            replica.Take(listing.After(ListingPosition.Start));
        }

        for (var i = 0; i < ListingLimits.MaxRemovals + 1_000; i++)
            listing.PutFolder($"{i}");
        using var batches = listing.After(replica.Position).GetEnumerator();
        Assert.True(batches.MoveNext());
        replica.Take([batches.Current]);
        for (var i = 0; i < ListingLimits.MaxRemovals + 1; i++)
            listing.Remove($"{i}");

        Assert.True(batches.MoveNext());
        Assert.Equal(0, batches.Current.PrevSeq);
        do
            replica.Take([batches.Current]);
        while (batches.MoveNext());
        Assert.Equal(listing.Entries, replica.Entries);
    }

    [Fact]
    public void A_stream_goes_on_when_only_removals_that_it_has_sent_are_forgotten()
    {
        var listing = NewListing();
        for (var i = 0; i <= ListingLimits.MaxRemovals; i++)
            listing.PutFolder($"{i}");
        var have = listing.Position;
        for (var i = 0; i < ListingLimits.MaxRemovals; i++)
            listing.Remove($"{i}");
        using var batches = listing.After(have).GetEnumerator();

        Assert.True(batches.MoveNext());
        listing.Remove($"{ListingLimits.MaxRemovals}");
        var sent = batches.Current.LastSeq;

        Assert.True(batches.MoveNext());
        Assert.Equal(sent, batches.Current.PrevSeq);
    }

    [Fact]
    public void A_list_refilled_and_emptied_for_ever_remembers_a_bounded_number_of_changes()
    {
        var listing = NewListing();
        listing.PutFile("stays");
        var have = listing.Position;
        for (var i = 0; i < 20_000; i++)
        {
            listing.PutFile("comes and goes", i);
            listing.Remove("comes and goes");
        }

        Assert.Equal([Removal("comes and goes", 40_001)], Assert.Single(listing.After(have)).Entries);
    }

    private static int Estimate(ListingBatch batch) => batch.Entries.Sum(ListingLimits.EncodedBytes);

    private static void AssertSnapshot(Listing listing, ListingPosition have) =>
        Assert.Equal(0, listing.After(have).First().PrevSeq);
}
