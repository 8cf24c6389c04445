using P2PNode.Core.Catalogue;
using static P2PNode.Tests.Catalogue.Sample;

namespace P2PNode.Tests.Catalogue;

public class ListingTests
{
    [Fact]
    public void Changes_are_numbered_from_one()
    {
        var listing = NewListing();

        Assert.Equal(1, listing.PutFile("a")?.Seq);
        Assert.Equal(2, listing.PutFile("b")?.Seq);
        Assert.Equal(3, listing.Remove("a")?.Seq);
        Assert.Equal(4, listing.NextSeq);
        Assert.Equal(new ListingPosition(ListId, 3, DigestOf(File("b", 2))), listing.Position);
    }

    [Fact]
    public void What_is_listed_just_so_takes_no_number()
    {
        var listing = NewListing();
        listing.PutFile("a");

        Assert.Null(listing.PutFile("a"));
        Assert.Null(listing.Remove("b"));
        Assert.Equal(1, listing.Position.Seq);
    }

    [Fact]
    public void Any_difference_is_a_change()
    {
        var (listing, path) = (NewListing(), At("a"));
        listing.Put(path, EntryKind.File, 1, 1, false, Root(1));

        Assert.NotNull(listing.Put(path, EntryKind.File, 2, 1, false, Root(1)));
        Assert.NotNull(listing.Put(path, EntryKind.File, 2, 2, false, Root(1)));
        Assert.NotNull(listing.Put(path, EntryKind.File, 2, 2, true, Root(1)));
        Assert.NotNull(listing.Put(path, EntryKind.File, 2, 2, true, Root(2)));
        Assert.NotNull(listing.Put(path, EntryKind.EmptyFolder, 0, 2, false, default));
    }

    [Fact]
    public void Entries_stand_in_the_order_of_their_paths_and_are_counted()
    {
        var listing = NewListing();
        listing.PutFile("b", 5);
        listing.PutFile("a/b", 7);
        listing.PutFolder("a-b");
        listing.PutFile("gone", 9);
        listing.Remove("gone");

        Assert.Equal(["a-b", "a/b", "b"], listing.Entries.Select(entry => entry.Path.Value));
        Assert.Equal((3, 2, 12L), (listing.Count, listing.Files, listing.Bytes));
        Assert.True(listing.TryGet(At("b"), out var entry));
        Assert.Equal(File("b", 1, 5), entry);
        Assert.False(listing.TryGet(At("gone"), out _));
    }

    [Fact]
    public void Nothing_is_listed_below_a_file()
    {
        var listing = NewListing();
        listing.PutFile("a");

        Assert.Throws<InvalidOperationException>(() => listing.PutFile("a/b/c"));
        Assert.Throws<InvalidOperationException>(() => listing.PutFolder("a/b"));
        Assert.Equal([File("a", 1)], listing.InTheWayOf(At("a/b/c"), EntryKind.File));

        listing.Remove("a");
        Assert.NotNull(listing.PutFile("a/b/c"));
    }

    [Fact]
    public void No_file_stands_where_a_folder_has_content()
    {
        var listing = NewListing();
        listing.PutFile("a/b");
        listing.PutFile("a/c/d");
        listing.PutFile("a.txt");
        listing.PutFile("a0");

        Assert.Throws<InvalidOperationException>(() => listing.PutFile("a"));
        Assert.Equal(["a/b", "a/c/d"], listing.InTheWayOf(At("a"), EntryKind.File).Select(entry => entry.Path.Value));
        Assert.Empty(listing.InTheWayOf(At("a"), EntryKind.EmptyFolder));
        Assert.Equal(4, listing.Position.Seq);
    }

    [Fact]
    public void A_folder_that_was_empty_may_get_content_and_become_a_file_without_it()
    {
        var listing = NewListing();
        listing.PutFolder("a");

        Assert.NotNull(listing.PutFile("a/b"));
        Assert.Throws<InvalidOperationException>(() => listing.PutFile("a"));
        listing.Remove("a/b");
        Assert.NotNull(listing.PutFile("a"));
    }

    [Fact]
    public void Values_that_are_no_entry_are_refused_and_change_nothing()
    {
        var (listing, path) = (NewListing(), At("a"));

        Assert.Throws<ArgumentException>(() => listing.Put(path, EntryKind.File, -1, 0, false, default));
        Assert.Throws<ArgumentException>(() => listing.Put(path, EntryKind.File, 0, -1, false, default));
        Assert.Throws<ArgumentException>(() => listing.Put(path, EntryKind.File, 0, DateTime.MaxValue.Ticks + 1, false, default));
        Assert.Throws<ArgumentException>(() => listing.Put(path, EntryKind.EmptyFolder, 1, 0, false, default));
        Assert.Throws<ArgumentException>(() => listing.Put(path, EntryKind.EmptyFolder, 0, 0, true, default));
        Assert.Throws<ArgumentException>(() => listing.Put(path, EntryKind.EmptyFolder, 0, 0, false, Root(1)));
        Assert.Throws<ArgumentException>(() => listing.Put(path, EntryKind.Removed, 0, 0, false, default));
        Assert.Throws<ArgumentException>(() => listing.Put(path, (EntryKind)9, 0, 0, false, default));
        Assert.Equal(new ListingPosition(ListId, 0, default), listing.Position);
    }

    [Fact]
    public void A_restored_listing_goes_on_where_it_was()
    {
        var listing = NewListing();
        listing.PutFile("b");
        listing.PutFile("a");
        listing.PutFile("c");
        listing.Remove("c");

        var restored = new Listing(Two, ListId, listing.Position.Seq, listing.Entries);

        Assert.Equal(listing.Position, restored.Position);
        Assert.Equal(listing.Entries, restored.Entries);
        Assert.Equal(5, restored.PutFile("d")?.Seq);
        Assert.Equal(
            [File("d", 5)],
            Assert.Single(restored.After(listing.Position)).Entries);
    }

    [Fact]
    public void What_cannot_have_been_a_listing_is_not_restored()
    {
        AssertDamaged(lastSeq: 1, File("a", 1), File("a", 1));
        AssertDamaged(lastSeq: 2, File("a", 1), File("b", 1));
        AssertDamaged(lastSeq: 1, File("a", 2));
        AssertDamaged(lastSeq: 1, File("a", 0));
        AssertDamaged(lastSeq: 1, Removal("a", 1));
        AssertDamaged(lastSeq: 2, File("a", 1), File("a/b", 2));
        AssertDamaged(lastSeq: 1, File("a", 1) with { Size = -1 });
    }

    [Fact]
    public void After_a_crash_numbers_go_on_above_the_reserve()
    {
        var reserve = default(SeqReserve);
        var listing = NewListing();
        reserve = reserve.ExtendedTo(listing.NextSeq);
        listing.PutFile("a");
        var stored = listing.Position;

        var restored = new Listing(Two, ListId, stored.Seq, listing.Entries);
        restored.ContinueFrom(reserve.UpTo);

        Assert.Equal(stored, restored.Position);
        Assert.False(reserve.Covers(restored.NextSeq));
        Assert.Equal(reserve.UpTo + 1, restored.PutFile("b")?.Seq);
    }

    [Fact]
    public void A_stored_change_counts_even_where_it_changes_nothing()
    {
        var listing = NewListing();
        listing.Take(File("a", 1));
        listing.Take(File("a", 4));
        Assert.Equal((4, 4), (listing.Position.Seq, Assert.Single(listing.Entries).Seq));

        listing.Take(Removal("a", 5));
        listing.Take(Removal("a", 9));
        var batch = Assert.Single(listing.After(new ListingPosition(ListId, 4, DigestOf(File("a", 4)))));
        Assert.Equal(Removal("a", 9), Assert.Single(batch.Entries));
        Assert.Equal((9, 10), (listing.Position.Seq, listing.NextSeq));
    }

    [Fact]
    public void A_stored_change_cannot_take_a_number_that_was_given()
    {
        var listing = NewListing();
        listing.Take(File("a", 3));

        Assert.Throws<ArgumentException>(() => listing.Take(File("b", 3)));
        Assert.Throws<InvalidOperationException>(() => listing.Take(File("a/b", 4)));
        Assert.Equal(3, listing.Position.Seq);
    }

    [Fact]
    public void A_reserve_that_is_behind_changes_nothing()
    {
        var listing = new Listing(Two, ListId, 10, []);

        listing.ContinueFrom(5);

        Assert.Equal(11, listing.NextSeq);
    }

    private static void AssertDamaged(long lastSeq, params FileEntry[] entries) =>
        Assert.Throws<ArgumentException>(() => new Listing(Two, ListId, lastSeq, entries));
}
