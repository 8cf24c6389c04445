using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Core.Transfer;

namespace P2PNode.Tests.Transfer;

public sealed class FetchPlanTests
{
    private static readonly TimeSpan Start = TimeSpan.Zero;

    [Fact]
    public void No_more_is_asked_for_than_the_window_holds()
    {
        var plan = new FetchPlan(new FetchWindow { Bytes = 100, Ranges = 3, RangeBytes = 40 });
        for (var i = 0; i < 10; i++)
            plan.Add(File($"f{i}", 40));

        Assert.Equal(3, TakeAll(plan).Count);
    }

    [Fact]
    public void An_answer_makes_room_for_the_next_range()
    {
        var plan = new FetchPlan(new FetchWindow { Bytes = 100, Ranges = 100, RangeBytes = 40 });
        plan.Add(File("large", 1000));
        var first = TakeAll(plan);
        Assert.Equal([(0L, 40), (40L, 40), (80L, 40)], first.Select(range => (range.Offset, range.Length)));

        plan.Answered(first[0]);

        Assert.Equal(120, Assert.Single(TakeAll(plan)).Offset);
    }

    [Fact]
    public void A_file_is_cut_into_ranges_that_cover_it_exactly()
    {
        var plan = new FetchPlan(new FetchWindow { RangeBytes = 40 });
        plan.Add(File("large", 95));
        plan.Add(File("empty", 0));

        var ranges = TakeAll(plan);

        Assert.Equal([(0L, 40, false), (40L, 40, false), (80L, 15, true), (0L, 0, true)], ranges.Select(range => (range.Offset, range.Length, range.IsLast)));
    }

    [Fact]
    public void A_newer_version_takes_the_place_of_an_older_one()
    {
        var plan = new FetchPlan(new FetchWindow());
        var old = File("a", 10);
        plan.Add(old);
        var range = TakeAll(plan).Single();

        var newer = File("a", 12);
        plan.Add(newer);

        Assert.False(plan.IsWanted(range));
        Assert.False(plan.Finished(old));
        Assert.Same(newer, TakeAll(plan).Single().Entry);
        Assert.True(plan.Finished(newer));
        Assert.Equal((0, 0), (plan.Files, plan.Bytes));
    }

    [Fact]
    public void A_failed_file_waits_twice_as_long_each_time_and_says_why()
    {
        var plan = new FetchPlan(new FetchWindow());
        var file = File("a", 10);
        plan.Add(file);
        var now = Start;
        foreach (var pause in (int[])[1, 2, 4, 8])
        {
            plan.Answered(plan.Next(now)!);
            plan.Failed(file, "disk full", now);

            Assert.Equal(now + TimeSpan.FromSeconds(pause), plan.NextDue);
            Assert.Equal(["disk full"], plan.Reasons);
            Assert.Null(plan.Next(now));
            now += TimeSpan.FromSeconds(pause);
        }
    }

    [Fact]
    public void After_the_loss_of_a_link_files_are_asked_for_again_from_their_beginning()
    {
        var plan = new FetchPlan(new FetchWindow { Bytes = 80, RangeBytes = 40 });
        plan.Add(File("large", 1000));
        plan.Add(File("small", 10));
        foreach (var range in TakeAll(plan))
            plan.Answered(range); // All that was asked for has come, though the file is not whole.

        plan.LinkLost();

        Assert.False(plan.IsUnderWay);
        Assert.Equal([("small", 0L), ("large", 0L), ("large", 40L)], TakeAll(plan).Select(range => (range.Entry.Path.Value, range.Offset)));
    }

    [Fact]
    public void A_file_that_is_no_longer_wanted_is_not_asked_for()
    {
        var plan = new FetchPlan(new FetchWindow());
        plan.Add(File("a", 10));
        plan.Remove(FilePath.Parse("a"));

        Assert.Null(plan.Peek(Start));
        Assert.Null(plan.Next(Start));
    }

    [Fact]
    public void Whatever_happens_every_file_is_fetched_in_the_end_and_the_window_is_kept()
    {
        for (var seed = 0; seed < 300; seed++)
            Drive(new Random(seed), seed);
    }

    /// <summary>Random additions, answers, failures and losses of the link against a plan.</summary>
    private static void Drive(Random random, int seed)
    {
        var window = new FetchWindow { Bytes = 200, Ranges = 6, RangeBytes = 50 };
        var plan = new FetchPlan(window);
        var now = Start;
        var wanted = new Dictionary<string, FileEntry>();
        List<FetchRange> underWay = [];
        var got = new Dictionary<FileEntry, long>(ReferenceEqualityComparer.Instance);
        for (var step = 0; step < 400 || plan.Files > 0; step++)
        {
            Assert.True(step < 20_000, $"Seed {seed}: the plan never ends.");
            var dice = step < 400 ? random.Next(10) : 4 + random.Next(4);
            if (dice < 3)
            {
                var file = File($"f{random.Next(8)}", random.Next(200), random.Next());
                wanted[file.Path.Value] = file;
                plan.Add(file);
            }
            else if (dice == 3 && random.Next(10) == 0)
            {
                plan.LinkLost();
                underWay.Clear();
                got.Clear();
            }
            else if (dice < 6)
            {
                if (plan.Next(now) is { } range)
                    underWay.Add(range);
                Assert.True(underWay.Count <= window.Ranges && underWay.Sum(r => r.Length) <= window.Bytes + window.RangeBytes, $"Seed {seed}: the window is exceeded.");
            }
            else if (underWay.Count > 0)
            {
                var range = underWay[0];
                underWay.RemoveAt(0);
                var useful = plan.IsWanted(range);
                plan.Answered(range);
                if (!useful)
                    continue;
                if (random.Next(20) == 0)
                {
                    plan.Failed(range.Entry, "bad luck", now);
                    got.Remove(range.Entry);
                    continue;
                }

                // Each range must begin where the one before it ended.
                Assert.Equal(range.Offset == 0 ? 0 : got.GetValueOrDefault(range.Entry), range.Offset);
                got[range.Entry] = range.Offset + range.Length;
                if (range.IsLast)
                    Assert.True(plan.Finished(range.Entry), $"Seed {seed}: a whole file was not wanted.");
            }

            now += TimeSpan.FromMilliseconds(random.Next(500));
        }

        Assert.Equal(0, plan.Bytes);
    }

    private static List<FetchRange> TakeAll(FetchPlan plan)
    {
        List<FetchRange> ranges = [];
        while (plan.Next(Start) is { } range)
            ranges.Add(range);
        return ranges;
    }

    private static FileEntry File(string path, long size, long mtime = 0) =>
        new() { Path = FilePath.Parse(path), Kind = EntryKind.File, Size = size, MtimeTicks = mtime, Seq = 1 };
}
