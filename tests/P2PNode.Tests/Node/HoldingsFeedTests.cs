using P2PNode.Core;
using P2PNode.Node;
using P2PNode.Protocol;
using P2PNode.Tests.Testing;
using Wire = P2PNode.Protocol.Messages;

namespace P2PNode.Tests.Node;

public sealed class HoldingsFeedTests : IDisposable
{
    private readonly ManualClock _clock = new();
    private readonly HoldingsFeed _feed;

    public HoldingsFeedTests() => _feed = new HoldingsFeed(() => [], null!, new NetworkCatalogue(), null!, _clock);

    public void Dispose() => _feed.Dispose();

    [Fact]
    public void Who_begins_anew_again_and_again_breaks_the_protocol()
    {
        for (var i = 0; i < WireLimits.HoldingsAnewAtOnce; i++)
            BeginAnew(3);

        var e = Assert.Throws<PeerException>(() => BeginAnew(3));
        BeginAnew(2);
        _clock.Advance(TimeSpan.FromSeconds(1));
        BeginAnew(3);

        Assert.Equal(PeerFault.Violation, e.Fault);
    }

    private void BeginAnew(int holder) => _feed.Take(new NodeId(holder), new Wire.Holdings { Anew = true });
}
