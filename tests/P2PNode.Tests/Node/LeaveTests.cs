using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Core.Membership;
using P2PNode.Node;

namespace P2PNode.Tests.Node;

public sealed class LeaveTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_follower_that_leaves_hands_its_files_over_and_continues_when_it_comes_back()
    {
        await using var network = new TestNetwork(1, 2, 3);
        network.Put(2, "docs/a.txt", "of two");
        await StartAsync(network, 1, 2, 3);
        network.Put(2, "new.txt", "just now"); // Its owner has yet to look at it.

        var left = await LeaveAsync(network, 2);

        Assert.Equal(new LeftReport(new NodeId(2), new NodeId(1), 2, 14, 0, 0), left);
        await network.EndedAsync(2);
        Assert.Equal(("of two", "just now"), (network.Copy(1, 2, "docs/a.txt"), network.Copy(1, 2, "new.txt")));
        Assert.True(File.Exists(Path.Combine(network.Folder(2), "docs/a.txt")));
        await network.HoldsAsync(() => network.Saw("1: Node 2 has left; its files are with node 1"), "the leader says so");
        Assert.Equal(MemberState.Left, network[1].Members().Single(member => member.Id.Value == 2).State);
        foreach (var at in (int[])[1, 3])
            await ListedAsync(network, at, 2, "docs/a.txt", 1);

        // After a restart of the custodian too, and then of all who have seen node 2.
        await network.StopAsync(1);
        await network.LedByAsync(3);
        network.Start(1);
        await network.LedByAsync(1);
        await ListedAsync(network, 3, 2, "docs/a.txt", 1);
        await network.StopAsync(3);
        await network.StopAsync(1);
        network.Start(1);
        await network.LedByAsync(1);
        await ListedAsync(network, 1, 2, "new.txt", 1);

        network.Start(2);
        await network.LedByAsync(1);
        network.Put(2, "after.txt", "again");
        await ListedAsync(network, 1, 2, "after.txt", 1, 2);
        await ListedAsync(network, 1, 2, "docs/a.txt", 1, 2);
        Assert.Equal(3, (await network[1].FilesAsync(FileQuery.All, Stop)).Found);
        Assert.False(network.Saw("has come back with another list"));
    }

    [Fact]
    public async Task A_leader_that_leaves_hands_over_to_its_successor_what_it_keeps_for_others_too()
    {
        await using var network = new TestNetwork(1, 2, 3, 4);
        network.Put(1, "one.txt", "of one");
        network.Put(4, "docs/four.txt", "of four");
        await StartAsync(network, 1, 2, 3, 4);
        await network.HoldsAsync(() => network.Copy(1, 4, "docs/four.txt") == "of four", "the leader has a copy of node 4's file");
        await network.StopAsync(4);
        await network.HoldsAsync(() => network[1].Members().Single(member => member.Id.Value == 4).State is MemberState.Left, "node 4 is known to be away");

        var left = await LeaveAsync(network, 1);

        Assert.Equal(new LeftReport(new NodeId(1), new NodeId(2), 1, 6, 1, 0), left);
        Assert.Equal(("of one", "of four"), (network.Copy(2, 1, "one.txt"), network.Copy(2, 4, "docs/four.txt")));
        await network.EndedAsync(1);
        await network.LedByAsync(2);
        await ListedAsync(network, 3, 1, "one.txt", 2);
        await ListedAsync(network, 3, 4, "docs/four.txt", 2);

        network.Start(1);
        await network.LedByAsync(1);
        await ListedAsync(network, 3, 1, "one.txt", 1, 2);
        await ListedAsync(network, 3, 4, "docs/four.txt", 1, 2);
    }

    [Fact]
    public async Task Two_that_leave_at_once_leave_everything_behind()
    {
        await using var network = new TestNetwork(1, 2, 3);
        network.Put(1, "one.txt", "of one");
        network.Put(2, "two.txt", "of two");
        await StartAsync(network, 1, 2, 3);

        await Task.WhenAll(LeaveAsync(network, 1), LeaveAsync(network, 2));

        await network.EndedAsync(1);
        await network.EndedAsync(2);
        await network.LedByAsync(3);
        Assert.Equal(("of one", "of two"), (network.Copy(3, 1, "one.txt"), network.Copy(3, 2, "two.txt")));
        await ListedAsync(network, 3, 1, "one.txt", 3);
        await ListedAsync(network, 3, 2, "two.txt", 3);
    }

    [Fact]
    public async Task Who_is_alone_does_not_leave()
    {
        await using var network = new TestNetwork(1);
        network.Start(1);
        await network.LedByAsync(1);

        var e = await Assert.ThrowsAsync<LeaveException>(() => LeaveAsync(network, 1));

        Assert.Equal(LeaveFault.Refused, e.Fault);
        Assert.Equal("Node 1 is alone: nobody can take its files over; stop it with Ctrl-C, its files stay in its folder.", e.Message);
        Assert.Equal(NodeRole.Leader, network[1].Status().Role);
    }

    [Fact]
    public async Task A_node_that_did_not_hand_over_in_time_says_what_is_missing_and_goes_on()
    {
        await using var network = await SlowAsync();

        var e = await Assert.ThrowsAsync<LeaveException>(() => LeaveAsync(network, 2, TimeSpan.FromSeconds(1)));

        Assert.Equal((LeaveFault.Incomplete, "Node 2 goes on: after 1 s 1 file is not with node 1 yet."), (e.Fault, e.Message));
        Assert.Equal(NodeRole.Follower, network[2].Status().Role);
        Assert.Equal(MemberState.Alive, network[1].Members().Single(member => member.Id.Value == 2).State);
    }

    [Fact]
    public async Task Leaving_is_called_off_by_who_asked_for_it_and_asked_for_once_at_a_time()
    {
        await using var network = await SlowAsync();
        using var off = CancellationTokenSource.CreateLinkedTokenSource(Stop);

        await using (var lines = network[2].LeaveAsync(Long, off.Token).GetAsyncEnumerator(off.Token))
        {
            while (await lines.MoveNextAsync() && lines.Current.Progress is not { Files: 1, Bytes: > 0 })
            {
            }

            var e = await Assert.ThrowsAsync<LeaveException>(() => LeaveAsync(network, 2));
            Assert.Equal((LeaveFault.Refused, "Node 2 is leaving already."), (e.Fault, e.Message));
            await off.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            {
                while (await lines.MoveNextAsync())
                {
                }
            });
        }

        await network.HoldsAsync(() => network.Saw("2: Node 2 goes on: leaving was called off."), "its log says so");
        Assert.Equal(NodeRole.Follower, network[2].Status().Role);
        await Assert.ThrowsAsync<LeaveException>(() => LeaveAsync(network, 2, TimeSpan.Zero)); // It could be told to once more.
    }

    [Fact]
    public async Task Who_hands_over_when_its_leader_goes_hands_over_to_the_next_one()
    {
        await using var network = await SlowAsync(3);
        var leaving = LeaveAsync(network, 2);
        await network.HoldsAsync(() => network.Saw("2: Node 2 leaves"), "it has begun");

        await network.StopAsync(1);
        await network.HoldsAsync(() => network[2].Status().Role is NodeRole.Leader, "node 2 leads by now");

        Assert.Equal(new NodeId(3), (await leaving).Custodian);
        await network.EndedAsync(2);
        await network.LedByAsync(3);
        Assert.Equal(new string('x', 300_000), network.Copy(3, 2, "large.bin"));
    }

    /// <summary>Node 2 has a file that its leader would take a minute for.</summary>
    private static async Task<TestNetwork> SlowAsync(params int[] more)
    {
        var network = new TestNetwork([1, 2, .. more]);
        network.Put(2, "large.bin", new string('x', 300_000));
        network.Start(1, options => options with { LimitDown = 5_000 });
        foreach (var id in (int[])[2, .. more])
            network.Start(id);
        await network.LedByAsync(1);
        return network;
    }

    private static async Task StartAsync(TestNetwork network, params int[] ids)
    {
        foreach (var id in ids)
            network.Start(id);
        await network.LedByAsync(ids[0]);
    }

    private static async Task<LeftReport> LeaveAsync(TestNetwork network, int id, TimeSpan? timeout = null)
    {
        LeftReport? left = null;
        await foreach (var line in network[id].LeaveAsync(timeout ?? Long, Stop))
            left = line.Left;
        return left!;
    }

    private static Task ListedAsync(TestNetwork network, int at, int owner, string path, params int[] holders) => network.HoldsAsync(
        () => network[at].FilesAsync(FileQuery.All, Stop).AsTask().GetAwaiter().GetResult().Files
            .Any(file => file.Peer.Value == owner && file.Path == path && !holders.Except(file.Holders.Select(holder => holder.Id.Value)).Any()),
        $"node {at} sees that {string.Join(" and ", holders)} have {path} of node {owner}");
}
