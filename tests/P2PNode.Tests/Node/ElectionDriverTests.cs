using P2PNode.Core;
using P2PNode.Core.Election;

namespace P2PNode.Tests.Node;

public sealed class ElectionDriverTests
{
    [Fact]
    public async Task A_dial_that_failed_beside_a_link_does_not_count()
    {
        await using var follower = new FollowerUnderTest();
        await follower.LinkAsync();
        await follower.FollowAsync();

        await follower.Driver.PostAsync(new LinkDown(new NodeId(1), LinkEnd.Refused), TestContext.Current.CancellationToken);
        await follower.FollowAsync(epoch: 2); // Taken in after it.

        Assert.Equal(["Leader is node 1 (epoch 1)", "Leader is node 1 (epoch 2)"], follower.Log);
    }
}
