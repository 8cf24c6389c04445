using P2PNode.Node;
using P2PNode.Tests.Testing;

namespace P2PNode.Tests.Node;

public sealed class CustodyLeaseTests
{
    [Fact]
    public void A_lease_ends_when_nobody_asks_any_more()
    {
        var clock = new ManualClock();
        var lease = new CustodyLease(clock);
        Assert.False(lease.IsLive);

        lease.Renew();
        clock.Advance(CustodyLease.Length - TimeSpan.FromSeconds(1));
        Assert.True(lease.IsLive);
        lease.Renew();
        clock.Advance(CustodyLease.Length - TimeSpan.FromSeconds(1));
        Assert.True(lease.IsLive);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(lease.IsLive);
    }
}
