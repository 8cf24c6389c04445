using P2PNode.Core;

namespace P2PNode.Tests.Cli;

public sealed class NodeAddressTests
{
    [Theory]
    [InlineData("127.0.0.1:5001", "127.0.0.1", 5001)]
    [InlineData("my-host.example:1", "my-host.example", 1)]
    [InlineData("[::1]:65535", "::1", 65535)]
    public void An_address_is_read_and_written_as_people_write_it(string text, string host, int port)
    {
        Assert.True(NodeAddress.TryParse(text, out var address));
        Assert.Equal(new NodeAddress(host, port), address);
        Assert.Equal(text, address.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("host")]
    [InlineData(":5001")]
    [InlineData("host:")]
    [InlineData("host:0")]
    [InlineData("host:65536")]
    [InlineData("host:+1")]
    [InlineData("host:1x")]
    [InlineData("::1:5001")]
    [InlineData("[host]:5001")]
    [InlineData("[]:5001")]
    [InlineData("a b:5001")]
    [InlineData("http://host:5001")]
    public void Anything_else_is_refused(string? text) => Assert.False(NodeAddress.TryParse(text, out _));
}
