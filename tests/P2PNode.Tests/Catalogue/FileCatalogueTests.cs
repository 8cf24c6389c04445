using System.Collections.Immutable;
using P2PNode.Core;
using P2PNode.Core.Catalogue;
using static P2PNode.Tests.Catalogue.Sample;

namespace P2PNode.Tests.Catalogue;

public class FileCatalogueTests
{
    private readonly FileCatalogue _catalogue = new();
    private readonly Listing _two = NewListing();
    private readonly Listing _three = new(Three, ListId, 0, []);

    [Fact]
    public void Rows_are_the_files_of_all_owners_by_owner_and_path()
    {
        _three.PutFile("a", 5);
        _two.PutFile("b", 7);
        _two.PutFile("a/b");
        _two.PutFolder("empty");
        Follow();

        Assert.Equal([(Two, "a/b"), (Two, "b"), (Three, "a")], Names(_catalogue.Rows));
        Assert.Equal(File("b", 1, 7), _catalogue.Rows[1].Entry);
        Assert.Equal(new CatalogueTotals(3, 13), _catalogue.Totals);
        Assert.Equal([Two, Three], _catalogue.Owners);
        Assert.Equal(["a/b", "b", "empty"], _catalogue.EntriesOf(Two).Select(entry => entry.Path.Value));
    }

    [Fact]
    public void Rows_are_made_anew_after_a_change_only()
    {
        _two.PutFile("a");
        Follow();
        var rows = _catalogue.Rows;

        Follow();
        Assert.Equal(rows, _catalogue.Rows);
        _two.PutFile("b");
        Follow();

        Assert.Equal([(Two, "a")], Names(rows));
        Assert.Equal([(Two, "a"), (Two, "b")], Names(_catalogue.Rows));
    }

    [Fact]
    public void What_is_removed_is_gone_from_rows_and_totals()
    {
        _two.PutFile("a", 3);
        _two.PutFile("b", 4);
        Follow();
        _two.Remove("a");
        Follow();

        Assert.Equal([(Two, "b")], Names(_catalogue.Rows));
        Assert.Equal(new CatalogueTotals(1, 4), _catalogue.Totals);
        Assert.False(_catalogue.TryGet(Two, At("a"), out _));
    }

    [Fact]
    public void An_owner_holds_what_it_lists_and_others_what_they_are_known_to_hold()
    {
        _two.PutFile("a");
        Follow();

        AssertHolders("a", Two);
        Assert.True(_catalogue.SetHolder(Two, At("a"), Root(1), Three));
        Assert.True(_catalogue.SetHolder(Two, At("a"), Root(1), One));
        AssertHolders("a", One, Two, Three);

        Assert.False(_catalogue.SetHolder(Two, At("a"), Root(1), One));
        Assert.False(_catalogue.SetHolder(Two, At("a"), Root(1), Two));
        Assert.True(_catalogue.RemoveHolder(Two, At("a"), Three));
        Assert.False(_catalogue.RemoveHolder(Two, At("a"), Three));
        Assert.False(_catalogue.RemoveHolder(Two, At("a"), Two));
        AssertHolders("a", One, Two);
        Assert.True(_catalogue.RemoveHolder(Two, At("a"), One));
        AssertHolders("a", Two);
    }

    [Fact]
    public void Only_the_content_that_is_listed_has_holders()
    {
        _two.PutFile("a", 1);
        _two.PutFolder("folder");
        Follow();

        Assert.False(_catalogue.SetHolder(Two, At("a"), Root(2), One));
        Assert.False(_catalogue.SetHolder(Two, At("b"), Root(1), One));
        Assert.False(_catalogue.SetHolder(Three, At("a"), Root(1), One));
        Assert.False(_catalogue.SetHolder(Two, At("folder"), default, One));
    }

    [Fact]
    public void New_content_has_its_owner_as_its_only_holder_and_a_new_time_changes_nothing()
    {
        _two.PutFile("a", 1);
        _two.PutFile("b", 1);
        _two.PutFile("c", 1);
        Follow();
        foreach (var name in new[] { "a", "b", "c" })
            _catalogue.SetHolder(Two, At(name), Root(1), One);

        _two.PutFile("a", 2);
        _two.Put(At("b"), EntryKind.File, 1, 999, true, Root(1));
        _two.Remove("c");
        _two.PutFile("c", 1);
        Follow();

        AssertHolders("a", Two);
        AssertHolders("b", One, Two);
    }

    [Fact]
    public void A_path_that_was_removed_and_came_back_unseen_keeps_the_holders_of_its_content()
    {
        _two.PutFile("a", 1);
        Follow();
        _catalogue.SetHolder(Two, At("a"), Root(1), One);
        _two.Remove("a");
        _two.PutFile("a", 1);
        Follow();
        AssertHolders("a", One, Two);

        _two.Remove("a");
        Follow();
        _two.PutFile("a", 1);
        Follow();
        AssertHolders("a", Two);
    }

    [Fact]
    public void A_snapshot_of_a_new_list_keeps_the_holders_of_equal_content()
    {
        _two.PutFile("a", 1);
        _two.PutFile("b", 1);
        Follow();
        _catalogue.SetHolder(Two, At("a"), Root(1), One);
        _catalogue.SetHolder(Two, At("b"), Root(1), One);
        var anew = NewListing(ListId + 1);
        anew.PutFile("b", 2);
        anew.PutFile("a", 1);

        Take(anew);

        AssertHolders("a", One, Two);
        AssertHolders("b", Two);
    }

    [Fact]
    public void A_node_that_lost_its_copies_holds_only_what_it_lists()
    {
        _two.PutFile("a");
        _two.PutFile("b");
        _three.PutFile("c");
        Follow();
        _catalogue.SetHolder(Two, At("a"), Root(1), Three);
        _catalogue.SetHolder(Two, At("b"), Root(1), Three);
        _catalogue.SetHolder(Two, At("b"), Root(1), One);
        _catalogue.SetHolder(Three, At("c"), Root(1), One);

        Assert.Equal(2, _catalogue.RemoveHoldings(Three));

        Assert.Equal(
            [[Two], [One, Two], [One, Three]],
            _catalogue.Rows.Select(row => row.Holders.ToArray()));
        Assert.Equal(0, _catalogue.RemoveHoldings(Three));
    }

    [Fact]
    public void Rows_show_each_file_with_its_own_holders()
    {
        for (var i = 0; i < 1_000; i++)
            _two.PutFile($"{i}");
        Follow();
        for (var i = 0; i < 1_000; i += 3)
            _catalogue.SetHolder(Two, At($"{i}"), Root(1), i % 2 == 0 ? One : Three);

        Assert.All(_catalogue.Rows, row =>
        {
            Assert.True(_catalogue.TryGet(Two, row.Entry.Path, out var same));
            Assert.Equal(same.Holders.AsEnumerable(), row.Holders.AsEnumerable());
            var i = int.Parse(row.Entry.Path.Value, System.Globalization.CultureInfo.InvariantCulture);
            Assert.Equal(i % 3 != 0 ? [Two] : i % 2 == 0 ? [One, Two] : [Two, Three], row.Holders.AsEnumerable());
        });
    }

    [Fact]
    public void Files_are_found_by_pattern_and_owner()
    {
        _two.PutFile("docs/a.txt");
        _two.PutFile("docs/b.pdf");
        _three.PutFile("a.txt");
        Follow();

        Assert.Equal(_catalogue.Rows, _catalogue.Find(FileQuery.All).Rows);
        Assert.Equal([(Two, "docs/a.txt"), (Three, "a.txt")], Names(Find("*.TXT")));
        Assert.Equal([(Two, "docs/a.txt")], Names(Find("NODE2/*.txt")));
        Assert.Equal([(Two, "docs/a.txt"), (Two, "docs/b.pdf")], Names(Find("docs")));
        Assert.Empty(Find("NODE7/"));
    }

    [Fact]
    public void It_is_known_how_many_listings_are_complete()
    {
        for (var i = 0; i < 1_500; i++)
            _two.PutFile($"{i}");
        Take(_three);
        _catalogue.Apply(_two.After(ListingPosition.Start).First());
        Assert.Equal(new Completeness(1, 3), _catalogue.ListingsComplete([One, Two, Three]));
        Assert.False(_catalogue.ListingsComplete([One, Two, Three]).IsWhole);

        Take(_two);
        Assert.True(_catalogue.ListingsComplete([Two, Three]).IsWhole);
        _catalogue.Restart(Two);
        Assert.Equal(new Completeness(1, 2), _catalogue.ListingsComplete([Two, Three]));
    }

    [Fact]
    public void A_listing_is_not_complete_while_its_owner_looks_through_its_folder()
    {
        _two.PutFile("a");
        _catalogue.Apply(_two.After(ListingPosition.Start).Single() with { Scanning = true });
        Assert.Equal(new Completeness(0, 1), _catalogue.ListingsComplete([Two]));
        Assert.Equal(_two.Position, _catalogue.CompleteAt(Two)); // Who keeps a copy has all that there is.

        _catalogue.Apply(_two.After(_two.Position).Single());
        Assert.Equal(new Completeness(1, 1), _catalogue.ListingsComplete([Two]));
    }

    [Fact]
    public void A_stored_listing_goes_on_from_its_position()
    {
        _two.PutFile("a");
        _catalogue.Restore(Two, _two.Position, _two.Entries);
        Assert.Equal(_two.Position, _catalogue.PositionOf(Two));
        Assert.Equal(ListingPosition.Start, _catalogue.PositionOf(Three));
        Assert.Equal(new Completeness(0, 1), _catalogue.ListingsComplete([Two]));

        _two.PutFile("b");
        Assert.IsType<Applied>(_catalogue.Apply(_two.After(_catalogue.PositionOf(Two)).Single()));

        Assert.Equal([(Two, "a"), (Two, "b")], Names(_catalogue.Rows));
    }

    [Fact]
    public void A_batch_that_is_not_applied_changes_no_row()
    {
        _two.PutFile("a");
        Follow();
        var batch = _two.After(_two.Position).Single();

        Assert.IsType<Gap>(_catalogue.Apply(batch with { PrevSeq = 7, LastSeq = 8 }));
        Assert.IsType<Refused>(_catalogue.Apply(batch with { Digest = null }));
        Assert.Equal([(Two, "a")], Names(_catalogue.Rows));
    }

    private void Follow()
    {
        Take(_two);
        Take(_three);
    }

    private void Take(Listing listing)
    {
        foreach (var batch in listing.After(_catalogue.PositionOf(listing.Owner)))
            Assert.IsType<Applied>(_catalogue.Apply(batch));
    }

    private ImmutableArray<FileRow> Find(string pattern)
    {
        Assert.True(PathPattern.TryParse(pattern, out var parsed, out _));
        return _catalogue.Find(new FileQuery { Pattern = parsed }).Rows;
    }

    private void AssertHolders(string path, params NodeId[] holders)
    {
        Assert.True(_catalogue.TryGet(Two, At(path), out var row));
        Assert.Equal(holders, row.Holders.AsEnumerable());
        Assert.Equal(holders, _catalogue.Rows.Single(r => r.Owner == Two && r.Entry.Path == row.Entry.Path).Holders.AsEnumerable());
    }

    private static IEnumerable<(NodeId, string)> Names(ImmutableArray<FileRow> rows) =>
        rows.Select(row => (row.Owner, row.Entry.Path.Value));
}
