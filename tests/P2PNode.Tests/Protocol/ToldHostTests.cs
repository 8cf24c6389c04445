using System.Net;
using P2PNode.Core;
using P2PNode.Core.Membership;
using P2PNode.Protocol;

namespace P2PNode.Tests.Protocol;

public class ToldHostTests
{
    [Theory]
    [InlineData("127.0.0.1", "10.0.0.2", "10.0.0.2")]
    [InlineData("127.0.0.1", "127.0.0.1", "127.0.0.1")]
    [InlineData("127.0.0.1", "::1", "127.0.0.1")]
    [InlineData("::1", "10.0.0.2", "10.0.0.2")]
    [InlineData("localhost", "10.0.0.2", "10.0.0.2")]
    [InlineData("localhost", "127.0.0.1", "localhost")]
    [InlineData("0.0.0.0", "10.0.0.2", "10.0.0.2")]
    [InlineData("::", "::ffff:10.0.0.2", "10.0.0.2")]
    [InlineData("fe80::1%3", "10.0.0.2", "fe80::1")]
    [InlineData("fe80::1%3", "fe80::9%7", "fe80::1%7")]
    [InlineData("10.0.0.3", "10.0.0.2", "10.0.0.3")]
    [InlineData("host-a", "10.0.0.2", "host-a")]
    public void What_counts_on_the_tellers_machine_alone_is_taken_for_that_machine(string told, string teller, string meant) =>
        Assert.Equal(meant, ToldHost.Of(told, IPAddress.Parse(teller)));

    [Fact]
    public void A_node_that_listens_everywhere_is_found_where_it_speaks_also_after_it_refuted_its_death()
    {
        var row = new Member { Id = new NodeId(2), Host = "0.0.0.0", Port = 5002, Incarnation = 4, State = MemberState.Alive };

        Assert.Equal("10.0.0.2", MemberMapping.FromWire(MemberMapping.ToWire(row), IPAddress.Parse("10.0.0.2")).Host);
    }
}
