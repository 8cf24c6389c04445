using System.Text.Json;
using P2PNode.Security;

namespace P2PNode.Tests.Cli;

public sealed class NetworkCreateTests : CommandLineFixture
{
    [Fact]
    public async Task A_network_is_made_once_and_invites()
    {
        WriteNodesFile();

        Assert.Equal(0, await RunAsync("network", "create"));
        Assert.Matches("^Made network [0-9a-f]{32}\\.\n$", Output);
        Assert.Equal(0, await RunAsync("network", "invite", "--id", "7", "--expires", "2h"));
        Assert.True(JoinToken.TryParse(Output.Split('\n')[1], out var token));
        Assert.Equal(7, token.Id.Value);
        Assert.InRange(token.Expires - TimeProvider.System.GetUtcNow(), TimeSpan.FromHours(1.9), TimeSpan.FromHours(2));
        Assert.Equal(0, await RunAsync("network", "revoke", "--id", "9"));
        Assert.Equal(0, await RunAsync("network", "show", "--json"));

        var show = JsonElement.Parse(Output.Split('\n')[^2]);
        Assert.Equal((token.Network, "created"), (show.GetProperty("network").GetString(), show.GetProperty("kind").GetString()));
        Assert.Equal(7, Assert.Single(show.GetProperty("invites").EnumerateArray()).GetProperty("id").GetInt32());
        Assert.Equal("[9]", show.GetProperty("revoked").GetRawText());
        Assert.Equal(0, await RunAsync("network", "show"));
        Assert.Contains("7  node  invitation  20", Output, StringComparison.Ordinal);
        Assert.Equal(1, await RunAsync("network", "create"));
        Assert.Contains($"There is a network here already, {token.Network};", Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_in_the_place_of_the_state_is_named_with_what_to_do()
    {
        var path = Path.Combine(Folder, ".p2pnode");
        File.WriteAllText(path, "");

        Assert.Equal(2, await RunAsync("network", "create"));

        Assert.Equal($"{path} is a file, where P2PNode needs a folder; move it away.\n", Error);
    }

    [Fact]
    public async Task A_network_of_this_machine_alone_invites_nobody_and_gives_way()
    {
        new NetworkFolder(Folder).LoadOrCreate(local: true, TimeProvider.System).Authority.Dispose();

        Assert.Equal(2, await RunAsync("network", "invite", "--id", "7"));
        Assert.Contains("make one for several machines with 'p2pnode network create'", Error, StringComparison.Ordinal);
        Assert.Equal(0, await RunAsync("network", "create"));
        Assert.Equal(0, await RunAsync("network", "invite", "--id", "7"));
    }
}
