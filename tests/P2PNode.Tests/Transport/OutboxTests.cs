using P2PNode.Protocol;
using P2PNode.Protocol.Messages;
using P2PNode.Transport;

namespace P2PNode.Tests.Transport;

public sealed class OutboxTests
{
    [Fact]
    public async Task Who_sends_over_a_link_that_is_gone_hears_that_it_is_closed()
    {
        var outbox = new Outbox();
        outbox.Dispose();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => outbox.AddAsync(FrameType.Holdings, new Holdings(), TestContext.Current.CancellationToken).AsTask());
        Assert.False(outbox.TryAddUrgent(FrameType.Ping, null));
    }

    [Fact]
    public async Task Who_waits_for_room_when_the_link_goes_hears_that_it_is_closed()
    {
        var outbox = new Outbox();
        var stop = TestContext.Current.CancellationToken;
        ValueTask last;
        do
            last = outbox.AddAsync(FrameType.Holdings, new Holdings(), stop);
        while (last.IsCompletedSuccessfully);

        outbox.Dispose();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => last.AsTask());
    }

    [Fact]
    public async Task What_is_urgent_overtakes_and_each_lane_keeps_its_order()
    {
        using var outbox = new Outbox();
        var stop = TestContext.Current.CancellationToken;
        await outbox.AddAsync(FrameType.ListingBatch, new ListingBatch(), stop);
        await outbox.AddAsync(FrameType.Holdings, new Holdings(), stop);
        Assert.True(outbox.TryAddUrgent(FrameType.Election, new ElectionFrame()));
        Assert.True(outbox.TryAddUrgent(FrameType.Ping, null));

        List<FrameType> taken = [];
        while (outbox.TryTake(out var next))
            taken.Add(next.Type);

        Assert.Equal([FrameType.Election, FrameType.Ping, FrameType.ListingBatch, FrameType.Holdings], taken);
    }
}
