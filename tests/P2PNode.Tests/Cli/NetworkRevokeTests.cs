using P2PNode.Core;
using P2PNode.Security;
using Serilog.Core;

namespace P2PNode.Tests.Cli;

public sealed class NetworkRevokeTests : CommandLineFixture
{
    [Fact]
    public async Task Revoking_says_whether_there_was_anything_to_revoke()
    {
        Assert.Equal(0, await RunAsync("network", "create"));
        var enrolment = new Enrolment(new NetworkFolder(Folder), IdentityFolder.OfNode(Path.Combine(Folder, "NODE7")), new NodeId(7), TimeProvider.System, Logger.None);
        await enrolment.ResolveAsync([], Stop);

        Assert.Equal(0, await RunAsync("network", "revoke", "--id", "7"));
        Assert.Equal(0, await RunAsync("network", "revoke", "--id", "7"));
        Assert.Equal(0, await RunAsync("network", "revoke", "--id", "77"));

        Assert.Contains("Node 7 is revoked (deny list 1). ", Output, StringComparison.Ordinal);
        Assert.Contains("Node 7 was revoked before, and is again (deny list 2). ", Output, StringComparison.Ordinal);
        Assert.Contains("Node 77 is revoked, though nothing is known to have been issued to it: 'p2pnode network show' shows whom there is (deny list 3). ", Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_node_is_revoked_because_the_environment_names_it()
    {
        Variables["P2PNODE_ID"] = "7";
        Assert.Equal(0, await RunAsync("network", "create"));

        Assert.Equal(2, await RunAsync("network", "revoke"));
        Assert.Contains("Say which node with --id.", Error, StringComparison.Ordinal);
        Assert.Equal(0, await RunAsync("network", "invite"));
        Assert.Equal(0, await RunAsync("network", "revoke", "--id", "8"));
        Assert.Contains("Node 8 is revoked", Output, StringComparison.Ordinal);
    }
}
