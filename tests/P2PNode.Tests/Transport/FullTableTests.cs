using P2PNode.Core;
using P2PNode.Protocol;
using P2PNode.Protocol.Messages;
using P2PNode.Tests.Testing;
using P2PNode.Transport;

namespace P2PNode.Tests.Transport;

/// <summary>A node that has as many links as it takes.</summary>
public sealed class FullTableTests
{
    [Fact]
    public async Task Who_finds_no_room_is_named_others_and_it_is_said_once()
    {
        await using var full = new LoopbackNode(1, mostPeers: 1);
        await using var first = new LoopbackNode(2);
        await using var late = new LoopbackNode(3);
        await LinkAsync(first, full);

        late.Want(full);
        var failed = await NextFailureAsync(late);
        await NextFailureAsync(late);

        Assert.Equal(PeerFault.Full, failed.Fault);
        Assert.Equal([new PeerHint(first.Id, new NodeAddress("127.0.0.1", 1))], failed.Others);
        Assert.Equal("node 1 has links with 1 peers, and takes no more; try node 2 at 127.0.0.1:1", failed.Reason);
        Assert.Single(full.Log, line => line.RenderMessage(null).StartsWith("Refused node 3,", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_waits_gets_in_when_there_is_room()
    {
        await using var full = new LoopbackNode(1, mostPeers: 1);
        await using var first = new LoopbackNode(2);
        await using var late = new LoopbackNode(3);
        await LinkAsync(first, full);
        late.Want(full);
        await NextFailureAsync(late);

        first.Want();
        full.Table.Find(first.Id)!.Close(GoodbyeReason.NotNeeded);

        await Eventually.HoldsAsync(() => full.Table.Find(late.Id) is not null, "node 3 is linked");
    }

    [Fact]
    public async Task A_full_node_dials_nobody()
    {
        await using var full = new LoopbackNode(1, mostPeers: 1);
        await using var first = new LoopbackNode(2);
        await using var other = new LoopbackNode(3);
        await LinkAsync(first, full);

        full.Want(other);
        other.Want(full);
        await NextFailureAsync(other);

        Assert.Null(other.Table.Find(full.Id));
        Assert.Equal([first.Id], full.Table.All().Select(link => link.Peer.Id));
    }

    [Fact]
    public async Task The_lowest_ID_gets_the_room_of_the_highest()
    {
        await using var lowest = new LoopbackNode(1);
        await using var full = new LoopbackNode(2, mostPeers: 2);
        await using var other = new LoopbackNode(3);
        await using var highest = new LoopbackNode(4);
        await LinkAsync(other, full);
        await LinkAsync(highest, full);
        var link = highest.Table.Find(full.Id)!;
        highest.Want();

        await LinkAsync(lowest, full);

        Assert.Equal([lowest.Id, other.Id], full.Table.All().Select(stands => stands.Peer.Id));
        Assert.Equal(LinkEnding.NoRoom, await link.Ended.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Who_finds_no_room_hears_who_leads_and_a_leader_says_what_that_means()
    {
        await using var full = new LoopbackNode(1, mostPeers: 1);
        await using var first = new LoopbackNode(2);
        await using var late = new LoopbackNode(3);
        full.Greeter.Leader = () => full.Id;
        await LinkAsync(first, full);

        late.Want(full);
        var failed = await NextFailureAsync(late);
        await NextFailureAsync(late);

        Assert.Equal(full.Id, failed.Leader);
        Assert.Single(full.Log, line => line.RenderMessage(null).EndsWith("whoever is refused has no leader: raise maxPeers of this node, or leave it out", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_peer_that_is_linked_may_take_its_link_anew()
    {
        await using var full = new LoopbackNode(1, mostPeers: 1);
        await using var first = new LoopbackNode(2);
        await LinkAsync(first, full);
        var link = full.Table.Find(first.Id);

        first.Table.Find(full.Id)!.Cut(LinkEnding.Lost, "a test");

        await Eventually.HoldsAsync(() => full.Table.Find(first.Id) is { } other && other != link, "node 2 is linked anew");
    }

    private static async Task LinkAsync(LoopbackNode from, LoopbackNode to)
    {
        from.Want(to);
        await Eventually.HoldsAsync(() => to.Table.Find(from.Id) is not null && from.Table.Find(to.Id) is not null, "the two are linked");
    }

    private static async Task<DialFailed> NextFailureAsync(LoopbackNode node)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (true)
        {
            if (await node.Table.Events.ReadAsync(deadline.Token) is DialFailed failed)
                return failed;
        }
    }
}
