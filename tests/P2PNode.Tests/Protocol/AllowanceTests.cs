using P2PNode.Protocol;
using P2PNode.Tests.Testing;

namespace P2PNode.Tests.Protocol;

public sealed class AllowanceTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public void So_many_at_once_and_then_so_many_a_second()
    {
        var allowance = new Allowance(perSecond: 10, atOnce: 3, _clock);
        Assert.Equal(3, Taken(allowance));

        _clock.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal(2, Taken(allowance));

        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(3, Taken(allowance));
    }

    [Fact]
    public void What_is_reserved_beyond_that_says_how_long_to_wait()
    {
        var allowance = new Allowance(perSecond: 10, atOnce: 1, _clock);

        Assert.Equal([0, 0.1, 0.2], Enumerable.Range(0, 3).Select(_ => allowance.Reserve().TotalSeconds));
        Assert.False(allowance.TryTake());
    }

    private static int Taken(Allowance allowance) => Enumerable.Range(0, 100).Count(_ => allowance.TryTake());
}
