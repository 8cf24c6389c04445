using P2PNode.Core;
using P2PNode.Core.Membership;

namespace P2PNode.Tests.Membership;

public sealed class SeedChoiceTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 2)]
    [InlineData(4, 3)]
    [InlineData(5, 3)]
    public void More_than_half_are_taken(int seeds, int wanted)
    {
        var choice = new SeedChoice(seeds);
        var taken = new HashSet<int>();
        while (choice.Take(At(0, 0.5)) is { } seed)
            Assert.True(taken.Add(seed));

        Assert.Equal(wanted, taken.Count);
        Assert.Equal((wanted, wanted), (choice.Wanted, choice.Taken));
        Assert.Null(choice.Pause(TimeSpan.Zero));
    }

    [Fact]
    public void Each_seed_is_taken_as_often_as_any_other()
    {
        var random = new Random(1);
        var taken = new int[5];
        for (var i = 0; i < 10_000; i++)
        {
            var choice = new SeedChoice(5);
            for (var j = 0; j < choice.Wanted; j++)
                taken[choice.Take(At(0, random.NextDouble()))!.Value]++;
        }

        Assert.All(taken, count => Assert.InRange(count, 5_700, 6_300));
    }

    [Fact]
    public void One_that_failed_is_replaced_by_one_of_the_rest()
    {
        var choice = new SeedChoice(3);
        var first = choice.Take(At(0, 0))!.Value;
        choice.Take(At(0, 0));

        choice.GiveBack(first, At(0, 0.99));

        Assert.Equal(2, choice.Take(At(0, 0)));
    }

    [Fact]
    public void Pauses_grow_from_a_second_to_thirty_with_full_jitter()
    {
        var choice = new SeedChoice(1);
        var now = TimeSpan.Zero;
        foreach (var bound in new[] { 1, 2, 4, 8, 16, 30, 30 })
        {
            Assert.Equal(0, choice.Take(new Moment(now, 0)));
            choice.GiveBack(0, new Moment(now, 0.5));
            Assert.Equal(TimeSpan.FromSeconds(bound / 2.0), choice.Pause(now));
            Assert.Null(choice.Take(new Moment(now + TimeSpan.FromSeconds((bound / 2.0) - 0.01), 0)));
            now += TimeSpan.FromSeconds(bound / 2.0);
        }
    }

    [Fact]
    public void A_registration_starts_the_pauses_over()
    {
        var choice = new SeedChoice(1);
        for (var i = 0; i < 5; i++)
        {
            choice.Take(At(i * 100, 0));
            choice.GiveBack(0, At(i * 100, 0.5));
        }

        choice.Take(At(1000, 0));
        choice.Registered(0);
        choice.GiveBack(0, At(1000, 0.5));

        Assert.Equal(TimeSpan.FromSeconds(0.5), choice.Pause(TimeSpan.FromSeconds(1000)));
    }

    private static Moment At(double seconds, double luck) => new(TimeSpan.FromSeconds(seconds), luck);
}
