using System.Net;
using P2PNode.Transport;

namespace P2PNode.Tests.Transport;

public sealed class LanPathTests
{
    private static readonly LanAddress[] Machine =
    [
        Own("127.0.0.1", 8, 1), Own("::1", 128, 1),
        Own("192.168.1.5", 24, 2), Own("fe80::5%2", 64, 2), Own("fd00::5", 64, 2),
        Own("10.1.2.3", 20, 3), Own("100.64.0.1", 32, 4),
    ];

    [Theory]
    [InlineData("0.0.0.0", "192.168.1.5>192.168.1.255", "10.1.2.3>10.1.15.255")]
    [InlineData("::", "192.168.1.5>192.168.1.255", "10.1.2.3>10.1.15.255", "fe80::5%2>ff12::7032:706e%2")]
    [InlineData("10.1.2.3", "10.1.2.3>10.1.15.255")]
    [InlineData("fd00::5", "fd00::5>ff12::7032:706e%2")]
    [InlineData("127.0.0.1", "127.0.0.1>127.255.255.255")]
    [InlineData("100.64.0.1")]
    [InlineData("::1")]
    public void A_node_announces_itself_where_it_can_be_reached(string listens, params string[] ways) =>
        Assert.Equal(ways.Order(), Ways(listens, Machine));

    [Fact]
    public void Without_a_network_it_can_be_found_on_its_own_machine() =>
        Assert.Equal(["127.0.0.1>127.255.255.255"], Ways("0.0.0.0", [Own("127.0.0.1", 8, 1), Own("::1", 128, 1)]));

    [Theory]
    [InlineData("0.0.0.0", "192.168.1.77", true)]
    [InlineData("0.0.0.0", "192.168.2.77", false)]
    [InlineData("0.0.0.0", "10.1.15.9", true)]
    [InlineData("0.0.0.0", "10.1.16.9", false)]
    [InlineData("0.0.0.0", "8.8.8.8", false)]
    [InlineData("0.0.0.0", "127.0.0.1", true)]
    [InlineData("0.0.0.0", "fe80::77%2", true)]
    [InlineData("0.0.0.0", "2001:db8::1", false)]
    [InlineData("127.0.0.1", "127.0.0.1", true)]
    [InlineData("127.0.0.1", "192.168.1.77", false)]
    public void Only_announcements_of_its_own_networks_are_heeded(string listens, string source, bool isHeeded) =>
        Assert.Equal(isHeeded, LanPath.IsHeeded(IPAddress.Parse(source), IPAddress.Parse(listens), Machine));

    [Fact]
    public void The_addresses_of_this_machine_hold_its_loopback_one() =>
        Assert.Contains(LanAddress.All(), own => own.Address.Equals(IPAddress.Loopback) && own.PrefixLength == 8);

    private static LanAddress Own(string address, int prefix, int index) => new(IPAddress.Parse(address), prefix, index);

    private static IEnumerable<string> Ways(string listens, LanAddress[] own) =>
        LanPath.For(IPAddress.Parse(listens), own).Select(path => $"{path.Source}>{path.To}").Order();
}
