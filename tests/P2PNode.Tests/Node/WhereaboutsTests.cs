using System.Net;
using P2PNode.Node;
using P2PNode.Security;

namespace P2PNode.Tests.Node;

public sealed class WhereaboutsTests
{
    [Theory]
    [InlineData("lab-7")]
    [InlineData("lab-7", "127.0.0.1", "::1")]
    [InlineData("10.0.0.5", "127.0.0.1", "10.0.0.5")]
    [InlineData("10.0.0.5", "192.168.1.5", "::ffff:10.0.0.5")]
    public void A_node_that_listens_everywhere_is_where_a_peer_on_another_machine_has_its_link(string host, params string[] ends) =>
        Assert.Equal(host, Whereabouts.OwnHost([null, .. ends.Select(IPAddress.Parse)], "lab-7"));

    [Fact]
    public async Task Nobody_is_told_to_reach_a_node_at_all_addresses()
    {
        await using var network = new TestNetwork(1, 2);
        new NetworkFolder(Path.GetDirectoryName(network.Folder(1))!).CreateForOthers(TimeProvider.System).Authority.Dispose();
        network.Start(1, options => options with { Listen = options.Listen with { Host = "0.0.0.0" } });
        network.Start(2);
        await network.HoldsAsync(() => new[] { 1, 2 }.All(id => network[id].Members().Count == 2), "both know both");

        Assert.Equal($"{Environment.MachineName}:{network.Address(1).Port}", network[1].Members()[0].Address.ToString());
        Assert.Equal(network.Address(1), network[2].Members()[0].Address);
    }
}
