using System.Runtime.Versioning;
using System.Text.Json;
using P2PNode.Core;
using P2PNode.Security;

namespace P2PNode.Tests.Cli;

public sealed class NetworkShowTests : CommandLineFixture
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_machine_without_the_ca_shows_the_network_that_its_node_has_joined(bool besideLocal)
    {
        if (besideLocal)
            new NetworkFolder(Folder).LoadOrCreate(local: true, TimeProvider.System).Authority.Dispose();
        using var authority = NetworkAuthority.Create(local: false, TimeProvider.System);
        var list = DenyList.Empty(authority.Network).Revoke(new NodeId(9), authority, TimeProvider.System).Revoke(new NodeId(7), authority, TimeProvider.System);
        var folder = IdentityFolder.OfNode(Path.Combine(Folder, "NODE7"));
        using var key = folder.LoadOrCreateKeyToJoin();
        using var certificate = authority.Issue(new NodeId(7), new(key), TimeProvider.System, notBefore: list.RevokedUntil[new NodeId(7)]);
        folder.SaveJoined(key, certificate, authority.Certificate, new NodeName(authority.Network, new NodeId(7)), list);

        Assert.Equal(0, await RunAsync("network", "show", "--json"));

        var show = JsonElement.Parse(Output);
        Assert.Equal((authority.Network, "joined", 2), (show.GetProperty("network").GetString(), show.GetProperty("kind").GetString(), show.GetProperty("denyList").GetInt32()));
        Assert.Equal(("[9]", "[7]"), (show.GetProperty("revoked").GetRawText(), show.GetProperty("letInAgain").GetRawText()));
        Assert.Equal(certificate.NotAfter.ToUniversalTime(), Assert.Single(show.GetProperty("nodes").EnumerateArray()).GetProperty("ends").GetDateTime());
        Assert.Equal(0, await RunAsync("network", "show", "--id", "7"));
        Assert.Contains($"Network {authority.Network} (joined)\n", Output, StringComparison.Ordinal);
        Assert.Matches("deny list +2\n +revoked +9\n +let in again +7\n", Output);
    }

    [Fact]
    public async Task Who_was_revoked_and_certified_since_is_shown_as_let_in_again()
    {
        Assert.Equal(0, await RunAsync("network", "create"));
        Assert.Equal(0, await RunAsync("network", "revoke", "--id", "7"));
        Assert.Equal(0, await RunAsync("network", "revoke", "--id", "8"));
        var office = new AuthorityOffice(new NetworkFolder(Folder), TimeProvider.System);
        var token = (await office.InviteAsync(new NodeId(7), TimeSpan.FromDays(1), Stop)).Token;
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        (await office.RedeemAsync(new NodeId(7), new(key), token.Prove(new System.Security.Cryptography.X509Certificates.PublicKey(key).ExportSubjectPublicKeyInfo()), Stop)).Dispose();

        Assert.Equal(0, await RunAsync("network", "show", "--json"));

        var show = JsonElement.Parse(Output.Split('\n')[^2]);
        Assert.Equal(("[8]", "[7]"), (show.GetProperty("revoked").GetRawText(), show.GetProperty("letInAgain").GetRawText()));
    }

    [Fact]
    public async Task Seeds_are_told_apart_from_nodes()
    {
        Assert.Equal(0, await RunAsync("network", "create"));
        Assert.Equal(0, await RunAsync("network", "invite", "--id", "7"));
        Assert.Equal(0, await RunAsync("network", "invite", "--seed"));

        Assert.Equal(0, await RunAsync("network", "show", "--json"));

        var show = JsonElement.Parse(Output.Split('\n')[^2]);
        var roles = show.GetProperty("invites").EnumerateArray().ToLookup(invite => invite.GetProperty("role").GetString(), invite => invite.GetProperty("id").GetInt32());
        Assert.Equal(7, Assert.Single(roles["node"]));
        Assert.Single(roles["seed"]);
        Assert.Equal(0, await RunAsync("network", "show"));
        Assert.Contains("7  node  invitation  20", Output, StringComparison.Ordinal);
        Assert.Contains($"{roles["seed"].Single()}  seed  invitation  20", Output, StringComparison.Ordinal);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Who_may_not_look_for_keys_is_told()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess, "No file mode keeps this user out.");
        Assert.Equal(0, await RunAsync("network", "create"));
        var state = new DirectoryInfo(Path.Combine(Folder, ".p2pnode"));
        var mode = state.UnixFileMode;
        try
        {
            state.UnixFileMode = UnixFileMode.None;

            Assert.Equal(2, await RunAsync("network", "show"));
            Assert.Contains("cannot be read: ", Error, StringComparison.Ordinal);
            Assert.DoesNotContain("There are no keys", Error, StringComparison.Ordinal);
        }
        finally
        {
            state.UnixFileMode = mode;
        }
    }
}
