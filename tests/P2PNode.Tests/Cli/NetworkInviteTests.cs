using P2PNode.Core;
using P2PNode.Security;
using Serilog.Core;

namespace P2PNode.Tests.Cli;

public sealed class NetworkInviteTests : CommandLineFixture
{
    [Fact]
    public async Task One_number_is_not_given_to_a_seed_and_to_a_node()
    {
        Assert.Equal(0, await RunAsync("network", "create"));
        Assert.Equal(0, await RunAsync("network", "invite", "--seed", "--id", "7"));

        Assert.NotEqual(0, await RunAsync("network", "invite", "--id", "7"));
        Assert.Equal("7 is the number of a seed; choose another one for the node.", Error.Split('\n')[^2]);
        var beside = new Enrolment(new NetworkFolder(Folder), IdentityFolder.OfNode(Path.Combine(Folder, "NODE7")), new NodeId(7), TimeProvider.System, Logger.None);
        Assert.Equal("7 is the number of a seed; choose another one for the node.", (await Assert.ThrowsAsync<KeyException>(() => beside.ResolveAsync([], Stop))).Message);
        Assert.Equal(0, await RunAsync("network", "invite", "--seed", "--id", "7"));
        Assert.Equal(0, await RunAsync("network", "revoke", "--id", "7"));
        Assert.Contains("Seed 7 is revoked, though nothing is known to have been issued to it", Output, StringComparison.Ordinal);
        Assert.Equal(0, await RunAsync("network", "invite", "--id", "7"));
    }

    [Fact]
    public async Task Who_invites_again_is_told_that_the_former_token_is_void()
    {
        Assert.Equal(0, await RunAsync("network", "create"));
        Assert.Equal(0, await RunAsync("network", "invite", "--id", "7"));
        Assert.DoesNotContain("The former token", Error, StringComparison.Ordinal);

        Assert.Equal(0, await RunAsync("network", "invite", "--id", "7", "--json"));

        Assert.Equal("The former token for node 7 is void.", Error.Split('\n')[^2]);
        Assert.Equal(0, await RunAsync("network", "show"));
        Assert.Single(System.Text.RegularExpressions.Regex.Matches(Output, "7 +node +invitation"));
    }

    [Fact]
    public async Task Who_invites_a_member_is_told_that_its_certificate_is_good_all_the_same()
    {
        Assert.Equal(0, await RunAsync("network", "create"));
        var enrolment = new Enrolment(new NetworkFolder(Folder), IdentityFolder.OfNode(Path.Combine(Folder, "NODE7")), new NodeId(7), TimeProvider.System, Logger.None);
        var member = await enrolment.ResolveAsync([], Stop);

        Assert.Equal(0, await RunAsync("network", "invite", "--id", "7"));

        Assert.Equal(
            $"The certificate that node 7 has is good until {member.Ends:yyyy-MM-dd} all the same; if its key was lost or stolen, run 'p2pnode network revoke --id 7' and invite it again.",
            Error.Split('\n')[^2]);
    }
}
