using System.Net;
using P2PNode.Tests.Testing;
using P2PNode.Transport;

namespace P2PNode.Tests.Transport;

public sealed class JoinTriesTests
{
    private readonly ManualClock _clock = new();
    private readonly JoinTries _tries;

    public JoinTriesTests() => _tries = new JoinTries(_clock);

    [Theory]
    [InlineData("10.0.0.5", "::ffff:10.0.0.5", "10.0.0.6")]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1")]
    public void One_place_may_try_so_often_in_a_minute_by_whichever_of_its_addresses(string one, string same, string other)
    {
        for (var i = 0; i < JoinTries.MostOfOne / 2; i++)
            Assert.True(MayTry(one) && MayTry(same));

        Assert.False(MayTry(one));
        Assert.False(MayTry(same));
        Assert.True(MayTry(other));
        _clock.Advance(JoinTries.Span + TimeSpan.FromTicks(1));
        Assert.True(MayTry(one));
    }

    [Fact]
    public void A_flood_from_many_places_locks_nobody_out()
    {
        for (var place = 0; place < 3 * JoinTries.MostPlaces; place++)
        {
            Assert.True(MayTry($"2001:db8:{place:x}::1"));
            if (place % 500 == 0)
                Assert.True(MayTry($"10.0.0.{place / 500}"));
        }
    }

    private bool MayTry(string address) => _tries.MayTry(IPAddress.Parse(address));
}
