using FsCheck;
using FsCheck.Fluent;
using P2PNode.Core;
using P2PNode.Core.Membership;

namespace P2PNode.Tests.Membership;

public class RumourWindowTests
{
    [Fact]
    public void Every_number_is_taken_once_whatever_the_order() =>
        Prop.ForAll(Arb.From(Gen.Choose(1, 400).NonEmptyListOf()), numbers =>
        {
            var window = new RumourWindow();
            var (taken, highest) = (new HashSet<int>(), 0);
            foreach (var number in numbers)
            {
                var expected = highest - number < RumourWindow.Size && taken.Add(number);
                highest = Math.Max(highest, number);
                if (window.TryTake(Id(number)) != expected)
                    return false;
            }

            return true;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_last_of_the_window_is_taken_and_what_is_below_is_not()
    {
        var window = new RumourWindow();
        Assert.True(window.TryTake(Id(200)));

        Assert.True(window.TryTake(Id(200 - 127)));
        Assert.False(window.TryTake(Id(200 - 128)));
        Assert.False(window.TryTake(Id(200)));
    }

    [Fact]
    public void A_later_life_begins_anew_and_ends_the_former_one()
    {
        var window = new RumourWindow();
        Assert.True(window.TryTake(Id(50)));

        Assert.True(window.TryTake(Id(1, life: 2)));
        Assert.False(window.TryTake(Id(51)));
        Assert.True(window.TryTake(Id(2, life: 2)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    public void No_text_has_a_number_below_one(long number) => Assert.False(new RumourWindow().TryTake(Id(number)));

    [Fact]
    public void The_greatest_number_of_all_does_no_harm()
    {
        var window = new RumourWindow();

        Assert.True(window.TryTake(Id(long.MaxValue)));
        Assert.False(window.TryTake(Id(1)));
        Assert.True(window.TryTake(Id(long.MaxValue - 1)));
    }

    private static RumourId Id(long number, long life = 1) => new(new NodeId(7), life, number);
}
