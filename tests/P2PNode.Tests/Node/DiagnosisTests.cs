using System.Net;
using System.Net.Sockets;
using P2PNode.Core;
using P2PNode.Core.Membership;
using P2PNode.Node;
using P2PNode.Protocol;
using P2PNode.Tests.Testing;
using P2PNode.Tests.Transport;

namespace P2PNode.Tests.Node;

public sealed class DiagnosisTests
{
    [Fact]
    public async Task Who_listens_can_be_reached_and_the_link_that_stands_is_not_touched()
    {
        await using var self = new LoopbackNode(1);
        await using var other = new LoopbackNode(2);
        await self.Dialler.LinkAsync(At(other), CancellationToken.None);
        var link = self.Table.Find(other.Id);

        var report = await OnlyAsync(self, (2, At(other)));

        Assert.Equal((Reach.Reachable, ""), (report.Result, report.Detail));
        Assert.Same(link, self.Table.Find(other.Id));
        Assert.False(link!.Closing.IsCancellationRequested);
    }

    [Fact]
    public async Task A_port_where_nobody_listens_refuses() =>
        Assert.Equal(Reach.Refused, (await OnlyAsync(2, FreePort())).Result);

    [Fact]
    public async Task A_host_without_a_name_has_no_route() =>
        Assert.Equal(Reach.NoRoute, (await OnlyAsync(2, new NodeAddress("nobody.invalid", 5000))).Result);

    [Fact]
    public async Task Another_node_at_the_address_is_named()
    {
        await using var other = new LoopbackNode(3);

        var report = await OnlyAsync(2, At(other));

        Assert.Equal((Reach.OtherNode, "node 3 answers there, not node 2"), (report.Result, report.Detail));
    }

    [Fact]
    public async Task A_full_node_says_so()
    {
        await using var self = new LoopbackNode(4);
        await using var full = new LoopbackNode(2, mostPeers: 1);
        await using var first = new LoopbackNode(3);
        await first.Dialler.LinkAsync(At(full), CancellationToken.None);
        await Eventually.HoldsAsync(() => full.Table.IsFull, "the node is full");

        Assert.Equal(Reach.Full, (await OnlyAsync(self, (2, At(full)))).Result);
    }

    [Fact]
    public async Task A_node_whose_certificate_is_not_good_is_told_apart()
    {
        using var authority = P2PNode.Security.NetworkAuthority.Create(local: false, TimeProvider.System);
        await using var stranger = new LoopbackNode(2, identity: TestNetworkKeys.Issue(2, by: authority), network: authority.Network);

        Assert.Contains((await OnlyAsync(2, At(stranger))).Result, new[] { Reach.OtherNetwork, Reach.BadCertificate });
    }

    [Fact]
    public async Task What_listens_there_and_is_no_node_fails()
    {
        using var mute = new TcpListener(IPAddress.Loopback, 0);
        mute.Start();
        var answer = OnlyAsync(2, new NodeAddress("127.0.0.1", ((IPEndPoint)mute.LocalEndpoint).Port));
        using (var socket = await mute.AcceptSocketAsync(TestContext.Current.CancellationToken))
            await socket.SendAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);

        Assert.Equal(Reach.Failed, (await answer).Result);
    }

    [Fact]
    public async Task Who_dialled_this_node_and_cannot_be_dialled_is_reached_one_way()
    {
        await using var self = new LoopbackNode(1);
        await using var other = new LoopbackNode(2);
        await other.Dialler.LinkAsync(At(self), CancellationToken.None);
        await Eventually.HoldsAsync(() => self.Table.Find(other.Id) is not null, "there is a link");

        var report = await OnlyAsync(self, (2, FreePort()));
        Assert.Equal(Reach.OneWay, report.Result);
        Assert.StartsWith("it dialled this node and is linked, but cannot be dialled: ", report.Detail, StringComparison.Ordinal);

        var both = await Diagnosis(self, (2, FreePort()), (2, At(other))).RunAsync(CancellationToken.None);
        Assert.Equal([Reach.Reachable, Reach.Refused], both.Select(one => one.Result).Order());
    }

    [Fact]
    public async Task An_address_that_is_configured_and_remembered_is_tried_once()
    {
        await using var self = new LoopbackNode(1);
        await using var other = new LoopbackNode(2);

        var report = await OnlyAsync(self, (2, At(other)));

        Assert.Equal([AddressSource.Configured, AddressSource.Remembered], report.Sources);
    }

    [Fact]
    public async Task A_seed_is_tried_too_and_stands_at_the_end()
    {
        await using var self = new LoopbackNode(1);
        await using var other = new LoopbackNode(2);
        NodeAddress[] seeds = [new("127.0.0.1", 1), new("127.0.0.1", 2)];
        var diagnosis = Diagnosis(self, seeds, (2, At(other)));

        var report = await diagnosis.RunAsync(CancellationToken.None);

        Assert.Equal([new NodeId(2), null, null], report.Select(one => one.Id));
        Assert.Equal([Reach.Reachable, Reach.Reachable, Reach.Refused], report.Select(one => one.Result));
        Assert.All(report.Skip(1), one => Assert.Equal([AddressSource.Seed], one.Sources));
    }

    [Fact]
    public async Task A_dial_for_a_node_that_was_announced_leaves_the_link_of_another_one_alone()
    {
        await using var self = new LoopbackNode(1);
        await using var other = new LoopbackNode(2);
        await self.Dialler.LinkAsync(At(other), CancellationToken.None);
        var link = self.Table.Find(other.Id);

        var refused = await Assert.ThrowsAsync<PeerException>(() => self.Dialler.LinkAsync(At(other), new NodeId(9), CancellationToken.None));

        Assert.Equal("node 2 answers there, not node 9", refused.Message);
        Assert.Same(link, self.Table.Find(other.Id));
    }

    private static NodeAddress At(LoopbackNode node) => new("127.0.0.1", node.Listener.Endpoint.Port);

    private static NodeAddress FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new NodeAddress("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port);
    }

    private static async Task<ReachReport> OnlyAsync(int id, NodeAddress address)
    {
        await using var self = new LoopbackNode(1);
        return await OnlyAsync(self, (id, address));
    }

    private static async Task<ReachReport> OnlyAsync(LoopbackNode self, (int Id, NodeAddress Address) known) =>
        Assert.Single(await Diagnosis(self, known).RunAsync(CancellationToken.None));

    /// <summary>The first address is in nodes.json and in the roster, the others in nodes.json alone.</summary>
    private static Diagnosis Diagnosis(LoopbackNode self, params (int Id, NodeAddress Address)[] known) => Diagnosis(self, [], known);

    /// <summary>Of the seeds the one at port 1 answers.</summary>
    private static Diagnosis Diagnosis(LoopbackNode self, NodeAddress[] seeds, params (int Id, NodeAddress Address)[] known)
    {
        var options = new NodeOptions
        {
            Id = self.Id,
            Folder = "/nowhere",
            Listen = At(self),
            Seeds = seeds,
            Nodes = [.. known.Select(one => new ConfiguredNode(new NodeId(one.Id), one.Address))],
        };
        var table = new MemberTable(new Member { Id = self.Id, Host = "127.0.0.1", Port = At(self).Port, Incarnation = 1 });
        table.Configure(new NodeId(known[0].Id), known[0].Address.Host, known[0].Address.Port);
        return new Diagnosis(options, new Roster(table, TimeProvider.System), self.Table, discovery: null, self.Greeter, ProbeSeed, TimeProvider.System);

        static Task ProbeSeed(NodeAddress seed, CancellationToken stop) => seed.Port == 1 ? Task.CompletedTask : throw new PeerException(PeerFault.ConnectionRefused, "nobody listens there");
    }
}
