using System.Net.Sockets;
using P2PNode.Api;

namespace P2PNode.Tests.Api;

public sealed class OwnUserOnlyTests
{
    [Theory]
    [InlineData(1000, 1000, true)]
    [InlineData(0, 1000, true)]
    [InlineData(1001, 1000, false)]
    [InlineData(1000, 0, false)]
    [InlineData(uint.MaxValue, 0, false)]
    public void The_user_of_the_node_and_root_are_served_and_nobody_else(uint peer, uint self, bool isServed) =>
        Assert.Equal(isServed, OwnUserOnly.Admits(peer, self));

    [Fact]
    public async Task The_system_tells_who_is_at_the_other_end()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux tells.");
        using var folder = new TemporaryFolder();
        var end = new UnixDomainSocketEndPoint(Path.Combine(folder.Path, "s"));
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(end);
        listener.Listen();
        using var dialled = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await dialled.ConnectAsync(end, TestContext.Current.CancellationToken);
        using var accepted = await listener.AcceptAsync(TestContext.Current.CancellationToken);

        Assert.Equal(OwnUserOnly.Self(), OwnUserOnly.UserBehind(accepted));
    }
}
