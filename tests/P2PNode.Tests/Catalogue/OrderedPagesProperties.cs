using FsCheck;
using FsCheck.Fluent;
using P2PNode.Core.Catalogue;

namespace P2PNode.Tests.Catalogue;

/// <summary>The paged order against the platform's sorted dictionary, with runs long enough to fill and empty pages.</summary>
public class OrderedPagesProperties
{
    /// <summary>A run of neighbouring keys that is put or removed, upwards or downwards.</summary>
    private static readonly Arbitrary<(int Start, int Length, bool Put, bool Down)[]> Runs =
        (from start in Gen.Choose(0, 3_000)
         from length in Gen.Choose(1, 600)
         from put in Gen.Frequency((3, Gen.Constant(true)), (2, Gen.Constant(false)))
         from down in Gen.Elements(true, false)
         select (start, length, put, down)).ArrayOf().ToArbitrary();

    [Fact]
    public void It_holds_finds_and_orders_what_a_sorted_dictionary_does() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(100).WithEndSize(40), Prop.ForAll(Runs, runs =>
        {
            var pages = new OrderedPages<KeyValuePair<int, int>, int, ByKey>();
            var expected = new SortedDictionary<int, int>();
            for (var i = 0; i < runs.Length; i++)
            {
                Play(runs[i], i, pages, expected);
                AssertNotesAreTrue(pages);
            }

            AssertSame(pages, expected);
        }));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Pages_are_at_least_half_full_whichever_way_items_come(bool down)
    {
        var pages = new OrderedPages<KeyValuePair<int, int>, int, ByKey>();
        foreach (var key in Enumerable.Range(0, 10_000).Select(i => down ? -i : i).Prepend(-20_000).Prepend(20_000))
            pages.Put(new(key, key), out _);

        Assert.Equal(10_002, pages.Count);
        Assert.InRange(pages.PageCount, 10_002 / 256, 2 * 10_002 / 256);
    }

    [Fact]
    public void Pages_are_full_when_items_come_in_order()
    {
        var pages = new OrderedPages<KeyValuePair<int, int>, int, ByKey>();
        for (var key = 0; key < 10 * 256; key++)
            pages.Put(new(key, key), out _);

        Assert.Equal(10, pages.PageCount);
    }

    [Fact]
    public void Pages_that_lose_their_items_are_joined()
    {
        var pages = new OrderedPages<KeyValuePair<int, int>, int, ByKey>();
        for (var key = 0; key < 100 * 256; key++)
            pages.Put(new(key, key), out _);
        for (var key = 0; key < 100 * 256; key++)
        {
            if (key % 256 != 0)
                pages.Remove(key, out _);
        }

        Assert.InRange(pages.PageCount, 1, 3);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => i * 256), pages.All().Select(item => item.Key));
    }

    private static void Play(
        (int Start, int Length, bool Put, bool Down) run,
        int value,
        OrderedPages<KeyValuePair<int, int>, int, ByKey> pages,
        SortedDictionary<int, int> expected)
    {
        for (var i = 0; i < run.Length; i++)
        {
            var key = run.Start + (run.Down ? -i : i);
            var known = expected.TryGetValue(key, out var before);
            KeyValuePair<int, int> old;
            Assert.Equal(known, run.Put ? pages.Put(new(key, value), out old) : pages.Remove(key, out old));
            Assert.Equal(before, old.Value);
            if (run.Put)
                expected[key] = value;
            else
                expected.Remove(key);
        }
    }

    /// <summary>Each page has the note that was made of its items, or none; afterwards all have one.</summary>
    private static void AssertNotesAreTrue(OrderedPages<KeyValuePair<int, int>, int, ByKey> pages)
    {
        for (var page = 0; page < pages.PageCount; page++)
        {
            var items = pages.Page(page).ToArray();
            ref var note = ref pages.Note(page);
            if (note is not null)
                Assert.Equal(items, note);
            note = items;
        }
    }

    private static void AssertSame(
        OrderedPages<KeyValuePair<int, int>, int, ByKey> pages, SortedDictionary<int, int> expected)
    {
        Assert.Equal(expected.Count, pages.Count);
        Assert.Equal(expected, pages.All());
        for (var key = -700; key < 3_700; key += 97)
        {
            Assert.Equal(expected.TryGetValue(key, out var value), pages.TryGet(key, out var found));
            Assert.Equal(value, found.Value);
            Assert.Equal(expected.Where(item => item.Key >= key).Take(300), pages.From(key).Take(300));
            Assert.Equal(expected.Any(item => item.Key < key), pages.TryGetBefore(key, out var before));
            Assert.Equal(expected.LastOrDefault(item => item.Key < key), before);
        }
    }

    private readonly struct ByKey : IPageOrder<KeyValuePair<int, int>, int>
    {
        public static int KeyOf(KeyValuePair<int, int> item) => item.Key;

        public static int Compare(int left, int right) => left.CompareTo(right);
    }
}
