using System.Net;
using P2PNode.Protocol;
using P2PNode.Tests.Testing;

namespace P2PNode.Tests.Protocol;

public sealed class SourceAllowancesTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public void One_address_is_heard_so_often_and_does_not_silence_another()
    {
        var allowances = new SourceAllowances(perSecond: 10, atOnce: 3, perSecondOfAll: 100, _clock);

        Assert.Equal(3, Enumerable.Range(0, 50).Count(_ => allowances.TryTake(Source(1))));
        Assert.True(allowances.TryTake(Source(2)));
        _clock.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal(2, Enumerable.Range(0, 50).Count(_ => allowances.TryTake(Source(1))));
    }

    [Fact]
    public void However_many_addresses_there_are_all_together_are_heard_so_often()
    {
        var allowances = new SourceAllowances(perSecond: 10, atOnce: 3, perSecondOfAll: 100, _clock);

        Assert.Equal(100, Enumerable.Range(0, 10_000).Count(i => allowances.TryTake(Source(i))));
    }

    private static IPAddress Source(int number) => new([10, 0, (byte)(number / 256), (byte)number]);
}
