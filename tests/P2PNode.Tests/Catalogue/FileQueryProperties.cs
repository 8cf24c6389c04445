using FsCheck;
using FsCheck.Fluent;
using P2PNode.Core;
using P2PNode.Core.Catalogue;
using static P2PNode.Tests.Catalogue.Sample;

namespace P2PNode.Tests.Catalogue;

/// <summary>Questions for files against an answer that filters and sorts all rows as one would write it at first.</summary>
public class FileQueryProperties
{
    private static readonly string[] Folders = ["", "a/", "A/b/", "docs/"];
    private static readonly string[] Names = ["a", "B.txt", "b.TXT", "report.pdf", "é", "É.txt", "ſ", "\u0131", "🌳.txt", "[]_"];

    private static readonly Gen<FileEntry> Files =
        from path in Gen.Elements(Folders.SelectMany(folder => Names.Select(name => folder + "f-" + name)).ToArray())
        from size in Gen.Choose(0, 3)
        from mtime in Gen.Choose(0, 3)
        from content in Gen.Choose(0, 2)
        from folder in Gen.Choose(0, 9)
        select folder == 0
            ? new FileEntry { Path = At(path), Kind = EntryKind.EmptyFolder }
            : File(path, 1, content) with { Size = size, MtimeTicks = mtime };

    private static readonly Gen<FileQuery> Queries =
        from text in Gen.Elements("", "f-", "b", "*.txt", "docs/**", "NODE2/a", "NODE2/", "nothing", "É", "s", "i", "I", "*é*", "*", "f-?", "**/f-?*", "a\nd", "\u0001")
        from owner in Gen.Choose(0, 3)
        from min in Gen.Choose(0, 2)
        from max in Gen.Choose(1, 4)
        from since in Gen.Choose(0, 2)
        from content in Gen.Choose(0, 6)
        from order in Gen.Elements(Enum.GetValues<FileOrder>())
        from reverse in Gen.Elements(true, false)
        from limit in Gen.Choose(1, 20)
        select new FileQuery
        {
            Pattern = text.Length > 0 && PathPattern.TryParse(text, out var pattern, out _) ? pattern : null,
            Owner = owner == 0 ? null : new NodeId(owner),
            MinSize = min,
            MaxSize = max == 4 ? long.MaxValue : max,
            SinceTicks = since,
            Root = content > 2 ? null : Root(content),
            Order = order,
            Reverse = reverse,
            Limit = limit == 20 ? FileQuery.MostRows : limit,
        };

    [Fact]
    public void An_answer_is_what_filtering_and_sorting_all_rows_gives() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(5_000), Prop.ForAll(
            Files.ArrayOf().Three().ToArbitrary(), Files.ArrayOf().ToArbitrary(), Queries.Two().ToArbitrary(), (files, more, queries) =>
            {
                var catalogue = Catalogue(files.Item1, files.Item2, files.Item3, out var second);
                AssertFound(catalogue, queries.Item1);

                // What was worked out for the first question must not outlive a change.
                Put(second, more);
                foreach (var batch in second.After(catalogue.PositionOf(Two)))
                    catalogue.Apply(batch);
                AssertFound(catalogue, queries.Item1);
                AssertFound(catalogue, queries.Item2);
            }));

    private static void AssertFound(FileCatalogue catalogue, FileQuery query)
    {
        var expected = Sorted(catalogue.Rows.Where(row => Means(query, row)), query).ToList();

        var found = catalogue.Find(query);

        Assert.Equal(expected.Count, found.Found);
        Assert.Equal(expected.Take(query.Limit), found.Rows);
    }

    [Fact]
    public void Many_hits_of_which_few_are_wanted_are_the_first_of_all()
    {
        var random = new System.Random(7);
        foreach (var sizes in (int[])[1, 3, 100])
        {
            var catalogue = new FileCatalogue();
            foreach (var owner in (NodeId[])[Two, Three])
            {
                var listing = new Listing(owner, ListId, 0, []);
                for (var i = 0; i < 5_000; i++)
                    listing.Put(At($"{random.Next():x8}-{i}"), EntryKind.File, random.Next(sizes), i, executable: false, Root(1));
                catalogue.Restore(owner, listing.Position, listing.Entries);
            }

            foreach (var (order, reverse) in Enum.GetValues<FileOrder>().SelectMany(order => new[] { (order, false), (order, true) }))
            {
                var query = new FileQuery { Order = order, Reverse = reverse, Limit = 3 };
                var found = catalogue.Find(query);
                Assert.Equal(Sorted(catalogue.Rows, query).Take(3), found.Rows);
                Assert.Equal(10_000, found.Found);
            }
        }
    }

    [Theory]
    [InlineData("up")]
    [InlineData("down")]
    [InlineData("equal")]
    [InlineData("organ pipe")]
    [InlineData("random")]
    public void The_first_of_many_are_selected_whatever_order_they_come_in(string coming)
    {
        const int count = 3_000;
        var random = new System.Random(11);
        int[] items = [.. Enumerable.Range(0, count).Select(i => coming switch
        {
            "up" => i,
            "down" => -i,
            "equal" => 7,
            "organ pipe" => Math.Min(i, count - i),
            _ => random.Next(100),
        })];
        foreach (var index in (int[])[0, 1, 99, 1_500, count - 1])
        {
            int[] selected = [.. items];
            Selection.Select(selected.AsSpan(), index, Comparer<int>.Default);
            Assert.Equal(items.Order().Take(index + 1), selected.Take(index + 1).Order());
            Assert.Equal(selected.Take(index + 1).Max(), selected[index]);
        }
    }

    [Fact]
    public void Going_through_the_catalogue_allocates_nothing_for_a_file()
    {
        var listing = NewListing();
        for (var i = 0; i < 20_000; i++)
            listing.PutFile($"folder/some file {i}.txt");
        var catalogue = new FileCatalogue();
        catalogue.Restore(Two, listing.Position, listing.Entries);
        foreach (var text in (string[])["NOTHING", "*.Pdf", "**/x?"])
        {
            Assert.True(PathPattern.TryParse(text, out var pattern, out _));
            var query = new FileQuery { Pattern = pattern };
            Assert.Empty(catalogue.Find(query).Rows);

            var before = GC.GetAllocatedBytesForCurrentThread();
            catalogue.Find(query);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000);
        }
    }

    private static FileCatalogue Catalogue(FileEntry[] one, FileEntry[] two, FileEntry[] three, out Listing second)
    {
        var catalogue = new FileCatalogue();
        Listing[] listings = [.. new[] { one, two, three }.Select((_, i) => new Listing(new NodeId(i + 1), ListId, 0, []))];
        foreach (var (listing, files) in listings.Zip([one, two, three]))
        {
            Put(listing, files);
            foreach (var batch in listing.After(ListingPosition.Start))
                catalogue.Apply(batch);
            foreach (var file in listing.Entries.Where(file => file.Size == 1))
                catalogue.SetHolder(listing.Owner, file.Path, file.Root, new NodeId(9));
        }

        second = listings[1];
        return catalogue;
    }

    private static void Put(Listing listing, FileEntry[] files)
    {
        foreach (var file in files)
            listing.Put(file.Path, file.Kind, file.Size, file.MtimeTicks, file.Executable, file.Root);
    }

    private static bool Means(FileQuery query, FileRow row) =>
        (query.Owner is null || query.Owner == row.Owner)
        && (query.Pattern is null || (query.Pattern.Covers(row.Owner) && query.Pattern.Matches(row.Entry.Path)))
        && row.Entry.Size >= query.MinSize && row.Entry.Size <= query.MaxSize
        && row.Entry.MtimeTicks >= query.SinceTicks
        && (query.Root is null || query.Root == row.Entry.Root);

    private static IEnumerable<FileRow> Sorted(IEnumerable<FileRow> rows, FileQuery query)
    {
        var byPath = rows.OrderBy(row => row.Entry.Path.Value, StringComparer.Ordinal).ThenBy(row => row.Owner);
        var sorted = query.Order switch
        {
            FileOrder.Owner => byPath.OrderBy(row => row.Owner),
            FileOrder.Name => byPath.OrderBy(row => row.Entry.Path.Name, StringComparer.OrdinalIgnoreCase),
            FileOrder.Size => byPath.OrderBy(row => row.Entry.Size),
            FileOrder.Mtime => byPath.OrderBy(row => row.Entry.MtimeTicks),
            _ => byPath,
        };
        return query.Reverse ? sorted.Reverse() : sorted;
    }
}
