using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Core.Transfer;

namespace P2PNode.Tests.Transfer;

public sealed class FetchPlanTests
{
    private static readonly TimeSpan Start = TimeSpan.Zero;

    private static readonly NodeId Two = new(2);
    private static readonly NodeId Three = new(3);

    [Fact]
    public void No_more_is_asked_for_than_the_window_holds()
    {
        var plan = new FetchPlan(new FetchWindow { Bytes = 100, Ranges = 3, RangeBytes = 40 });
        for (var i = 0; i < 10; i++)
            plan.Add(File($"f{i}", 40));

        Assert.Equal(3, TakeAll(plan, plan.Open(Two)).Count);
    }

    [Fact]
    public void An_answer_makes_room_for_the_next_range()
    {
        var plan = new FetchPlan(new FetchWindow { Bytes = 100, Ranges = 100, RangeBytes = 40 });
        plan.Add(File("large", 1000));
        var lane = plan.Open(Two);
        var first = TakeAll(plan, lane);
        Assert.Equal([(0L, 40), (40L, 40), (80L, 40)], first.Select(range => (range.Offset, range.Length)));

        lane.Answered(first[0]);

        Assert.Equal(120, Assert.Single(TakeAll(plan, lane)).Offset);
    }

    [Fact]
    public void A_file_is_cut_into_ranges_that_cover_it_exactly()
    {
        var plan = new FetchPlan(new FetchWindow { RangeBytes = 40 });
        plan.Add(File("several", 95));
        plan.Add(File("empty", 0));

        var ranges = TakeAll(plan, plan.Open(Two));

        Assert.Equal([(0L, 40, false), (40L, 40, false), (80L, 15, true), (0L, 0, true)], ranges.Select(range => (range.Offset, range.Length, range.IsLast)));
    }

    [Fact]
    public void A_file_that_is_held_is_not_asked_for_before_it_is_released()
    {
        var plan = new FetchPlan(new FetchWindow());
        var lane = plan.Open(Two);
        var held = plan.Add(File("a", 10), isHeld: true);
        Assert.Empty(TakeAll(plan, lane));
        Assert.True(plan.Holds(held.Entry.Path));
        Assert.Equal((1, 10L), (plan.Files, plan.Bytes));

        plan.Release(held);

        Assert.Equal(held, Assert.Single(TakeAll(plan, lane)).Item);
        Assert.False(plan.Holds(held.Entry.Path));
    }

    [Fact]
    public void A_file_that_was_held_and_is_wanted_no_more_is_not_asked_for()
    {
        var plan = new FetchPlan(new FetchWindow());
        var held = plan.Add(File("a", 10), isHeld: true);
        plan.Remove(held.Entry.Path);

        plan.Release(held);

        Assert.Empty(TakeAll(plan, plan.Open(Two)));
    }

    [Fact]
    public void A_newer_version_takes_the_place_of_an_older_one()
    {
        var plan = new FetchPlan(new FetchWindow());
        var lane = plan.Open(Two);
        plan.Add(File("a", 10));
        var old = TakeAll(plan, lane).Single();

        var newer = plan.Add(File("a", 12));

        Assert.True(old.Item.IsDropped);
        Assert.False(plan.Finished(old.Item));
        Assert.Same(newer, TakeAll(plan, lane).Single().Item);
        Assert.True(plan.Finished(newer));
        Assert.Equal((0, 0), (plan.Files, plan.Bytes));
    }

    [Fact]
    public void A_failed_file_waits_twice_as_long_each_time_and_says_why()
    {
        var plan = new FetchPlan(new FetchWindow());
        var lane = plan.Open(Two);
        plan.Add(File("a", 10));
        var now = Start;
        foreach (var pause in (int[])[1, 2, 4, 8])
        {
            var range = plan.Next(lane, now)!;
            lane.Answered(range);
            Assert.Equal(pause == 1, plan.Failed(range.Item, "disk full", now));

            Assert.Equal(now + TimeSpan.FromSeconds(pause), plan.NextDue);
            Assert.Equal(["disk full"], plan.Reasons);
            Assert.Null(plan.Next(lane, now));
            now += TimeSpan.FromSeconds(pause);
        }
    }

    [Fact]
    public void After_the_loss_of_a_link_small_files_are_asked_for_again_from_their_beginning()
    {
        var plan = new FetchPlan(new FetchWindow { Bytes = 80, RangeBytes = 40 });
        plan.Add(File("several", 1000));
        plan.Add(File("small", 10));
        var lane = plan.Open(Two);
        foreach (var range in TakeAll(plan, lane))
            lane.Answered(range); // All that was asked for has come, though the file is not whole.

        plan.Close(lane);

        Assert.False(plan.IsUnderWay);
        Assert.Equal([("small", 0L), ("several", 0L), ("several", 40L)], TakeAll(plan, plan.Open(Two)).Select(range => (range.Item.Entry.Path.Value, range.Offset)));
    }

    [Fact]
    public void A_file_that_is_no_longer_wanted_is_not_asked_for()
    {
        var plan = new FetchPlan(new FetchWindow());
        plan.Add(File("a", 10));
        plan.Remove(FilePath.Parse("a"));

        Assert.Null(plan.NeedsLane(Start, 4));
        Assert.Null(plan.Next(plan.Open(Two), Start));
    }

    [Fact]
    public void Of_a_large_file_the_layer_comes_first_and_then_each_piece_over_one_of_the_links()
    {
        var plan = new FetchPlan(new FetchWindow { RangeBytes = 2 << 20, LeastBytes = 3 << 20, LastPieces = 0 });
        var item = plan.Add(File("large", (10 << 20) + 1));
        var (first, second) = (plan.Open(Two), plan.Open(Three));
        var layer = Assert.Single(TakeAll(plan, first));
        Assert.Equal((RangeKind.Layer, 0L, 11 * 32), (layer.Kind, layer.Offset, layer.Length));
        Assert.Empty(TakeAll(plan, second));
        first.Answered(layer);

        item.Begin([3]);

        Assert.Equal([[0], [1], [2]], TakeAll(plan, first).Select(range => range.Pieces));
        Assert.Equal([[4], [5], [6]], TakeAll(plan, second).Select(range => range.Pieces));
    }

    [Fact]
    public void What_came_over_a_link_before_it_was_lost_is_not_asked_for_again()
    {
        var plan = new FetchPlan(new FetchWindow { LeastBytes = 16 << 20, LastPieces = 0 });
        var item = plan.Add(File("large", 10 << 20));
        var lane = plan.Open(Two);
        lane.Answered(TakeAll(plan, lane).Single());
        item.Begin([]);
        TakeAll(plan, lane);
        plan.Verified(item, 0);
        plan.Verified(item, 4);

        plan.Close(lane);

        Assert.Equal([1, 2, 3, 5, 6, 7, 8, 9], TakeAll(plan, plan.Open(Three)).SelectMany(range => range.Pieces));
    }

    [Fact]
    public void Late_pieces_are_asked_of_a_second_holder_but_not_twice_of_one()
    {
        var plan = new FetchPlan(new FetchWindow { LeastBytes = 16 << 20, LastPieces = 4 });
        var item = plan.Add(File("large", 8 << 20));
        var first = plan.Open(Two);
        first.Answered(TakeAll(plan, first).Single());
        item.Begin([]);
        TakeAll(plan, first);
        plan.Verified(item, 0);
        var third = plan.Open(Three);
        var late = Start + TimeSpan.FromSeconds(3);
        Assert.Null(plan.Next(plan.Open(Two), late));
        for (var piece = 7; piece > 3; piece--)
        {
            var again = plan.Next(third, late)!;
            Assert.True(again.IsSecond);
            Assert.Equal([piece], again.Pieces);
            third.Came(again.Length, late);
        }

        Assert.Null(plan.Next(third, late));
    }

    [Fact]
    public void What_a_holder_lacks_is_asked_of_another_and_needs_a_link_where_there_is_none()
    {
        var plan = new FetchPlan(new FetchWindow());
        var item = plan.Add(File("a", 10));
        var lane = plan.Open(Two);
        var range = TakeAll(plan, lane).Single();

        plan.Lacks(lane, item, "it changed");
        lane.Answered(range);

        Assert.Empty(TakeAll(plan, lane));
        Assert.Same(item, plan.NeedsLane(Start, 4));
        Assert.Same(item, TakeAll(plan, plan.Open(Three)).Single().Item);
    }

    [Fact]
    public void A_layer_that_was_wrong_is_asked_of_another()
    {
        var plan = new FetchPlan(new FetchWindow());
        var item = plan.Add(File("large", 10 << 20));
        var lane = plan.Open(Two);
        var layer = TakeAll(plan, lane).Single();

        plan.Lacks(lane, item, "what came is not what its owner lists");
        lane.Answered(layer);

        Assert.Same(item, plan.NeedsLane(Start, 4));
        Assert.Equal(RangeKind.Layer, TakeAll(plan, plan.Open(Three)).Single().Kind);
    }

    [Fact]
    public void A_large_file_gets_more_links_while_enough_of_it_is_left()
    {
        var plan = new FetchPlan(new FetchWindow());
        var item = plan.Add(File("large", 10 << 20));
        Assert.Same(item, plan.NeedsLane(Start, 4));
        var lane = plan.Open(Two);
        Assert.Null(plan.NeedsLane(Start, 4)); // Not before its layer is here.
        lane.Answered(TakeAll(plan, lane).Single());
        item.Begin([]);

        Assert.Same(item, plan.NeedsLane(Start, 4));
        plan.Open(Two);
        Assert.Null(plan.NeedsLane(Start, 2));
        for (var piece = 0; piece < 8; piece++)
            plan.Verified(item, piece);
        Assert.Null(plan.NeedsLane(Start, 4));
    }

    [Fact]
    public void What_comes_over_no_link_is_not_held_up_by_a_large_file_that_might_have_one_more()
    {
        var plan = new FetchPlan(new FetchWindow());
        var lane = plan.Open(Two);
        var large = plan.Add(File("large", 100 << 20));
        lane.Answered(TakeAll(plan, lane).Single());
        large.Begin([]);
        var small = plan.Add(File("small", 10));
        plan.Lacks(lane, small, "it changed");

        Assert.Same(small, plan.NeedsLane(Start, 4));
        plan.Failed(small, "it changed", Start);
        Assert.Same(large, plan.NeedsLane(Start, 4));
    }

    [Fact]
    public void Files_that_wait_behind_many_that_are_gone_are_found()
    {
        var plan = new FetchPlan(new FetchWindow());
        for (var i = 0; i < 200; i++)
            plan.Add(File($"{i}", 10));
        for (var i = 1; i < 200; i++)
            plan.Remove(FilePath.Parse($"{i}"));
        var lane = plan.Open(Two);
        var last = plan.Add(File("last", 10));

        Assert.Contains(last, TakeAll(plan, lane).Select(range => range.Item));
    }

    [Fact]
    public void Whatever_happens_every_file_is_fetched_in_the_end_and_the_window_is_kept()
    {
        for (var seed = 0; seed < 500; seed++)
            new FetchPlanRun(seed).Drive();
    }

    private static List<FetchRange> TakeAll(FetchPlan plan, FetchLane lane)
    {
        List<FetchRange> ranges = [];
        while (plan.Next(lane, Start) is { } range)
            ranges.Add(range);
        return ranges;
    }

    private static FileEntry File(string path, long size) =>
        new() { Path = FilePath.Parse(path), Kind = EntryKind.File, Size = size, Seq = 1 };
}
