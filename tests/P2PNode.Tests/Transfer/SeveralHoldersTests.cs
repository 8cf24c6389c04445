namespace P2PNode.Tests.Transfer;

/// <summary>One large file from several holders: it comes as fast as their links are together, and hardly any of it twice.</summary>
public sealed class SeveralHoldersTests
{
    private const int MiB = 1 << 20;

    /// <summary>What a wrong guess may cost.</summary>
    private const long Twice = 4 * MiB;

    private static readonly TimeSpan Slack = TimeSpan.FromMilliseconds(300);

    [Theory]
    [InlineData(16, 5, 5, 5)]
    [InlineData(64, 5, 5, 5)]
    [InlineData(200, 5, 5, 5)]
    [InlineData(16, 10, 10, 10)]
    [InlineData(64, 50, 50, 50)]
    [InlineData(200, 900, 900, 900)]
    [InlineData(16, 2, 10, 10)]
    [InlineData(64, 2, 10, 10)]
    [InlineData(200, 2, 10, 10)]
    [InlineData(16, 10, 10, 2)]
    [InlineData(64, 100, 1, 10)]
    [InlineData(200, 0.2, 40, 10)]
    public void A_file_comes_as_fast_as_all_links_are_together(int size, double first, double second, double third)
    {
        var sources = new VirtualSources((long)size * MiB)
            .Add(2, first)
            .Add(3, second, opens: Milliseconds(30))
            .Add(4, third, opens: Milliseconds(60));

        var took = sources.Fetch();

        AssertSent(sources, size);
        AssertTook(took, size / (first + second + third));
    }

    [Fact]
    public void A_link_that_stands_late_takes_its_part()
    {
        var sources = new VirtualSources(64L * MiB).Add(2, 10).Add(3, 10).Add(4, 10, opens: Milliseconds(1000));

        var took = sources.Fetch();

        AssertSent(sources, 64);
        AssertTook(took, 1 + (64 - 20) / 30.0);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(2000)]
    public void What_a_link_that_stalls_was_asked_for_comes_over_the_others(int stallsAfter)
    {
        var sources = new VirtualSources(64L * MiB).Add(2, 10).Add(3, 10).Add(4, 10, stalls: Milliseconds(stallsAfter));

        var took = sources.Fetch();

        AssertSent(sources, 64);
        AssertTook(took, (64 - (10 * stallsAfter / 1000.0)) / 20);
    }

    [Fact]
    public void The_first_link_stalls_and_the_second_one_brings_all_the_rest()
    {
        var sources = new VirtualSources(16L * MiB).Add(2, 100, stalls: Milliseconds(20)).Add(3, 10, opens: Milliseconds(50));

        var took = sources.Fetch();

        AssertSent(sources, 16);
        AssertTook(took, 15 / 10.0);
    }

    /// <summary>The window follows the speed, over long ways too.</summary>
    [Theory]
    [InlineData(1, 100)]
    [InlineData(20, 50)]
    [InlineData(50, 100)]
    [InlineData(300, 20)]
    public void One_link_is_kept_busy(double mibPerSecond, int delay)
    {
        var way = Milliseconds(delay);
        var sources = new VirtualSources(200L * MiB).Add(2, mibPerSecond, delay: way);

        var took = sources.Fetch();

        AssertSent(sources, 200);
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(200 / mibPerSecond) + (16 * way));
    }

    private static TimeSpan Milliseconds(int count) => TimeSpan.FromMilliseconds(count);

    private static void AssertSent(VirtualSources sources, int size) => Assert.InRange(sources.Sent, (long)size * MiB, ((long)size * MiB) + Twice);

    private static void AssertTook(TimeSpan took, double seconds) => Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(seconds * 1.15) + Slack);
}
