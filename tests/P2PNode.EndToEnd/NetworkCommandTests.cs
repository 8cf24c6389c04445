using System.Text.Json;
using P2PNode.EndToEnd.Kit;

namespace P2PNode.EndToEnd;

/// <summary>A network that somebody made, with a node elsewhere that joins it and is put out again.</summary>
public sealed class NetworkCommandTests : NetworkTest
{
    [Fact]
    public async Task A_node_is_invited_joins_is_revoked_and_ends_with_code_7()
    {
        var network = Create(1, 2, 3);
        Assert.Equal(0, (await network.RunAsync("network", "create")).Code);
        network.Start(1, 2);
        await network.LedByAsync(1);
        var elsewhere = Directory.CreateDirectory(Path.Combine(network.Folder, "elsewhere")).FullName;
        File.Copy(Path.Combine(network.Folder, "nodes.json"), Path.Combine(elsewhere, "nodes.json"));

        var token = (await network.AskAsync("network", "invite", "--id", "3")).GetProperty("token").GetString()!;
        var joined = await Executable.RunAsync(elsewhere, "network", "join", token, "--seed", $"127.0.0.1:{network[2].Port}");
        Assert.True(joined.Code == 0, joined.Error);
        var twice = await Executable.RunAsync(elsewhere, "network", "join", token, "--seed", $"127.0.0.1:{network[2].Port}");
        Assert.Equal((0, ""), (twice.Code, twice.Error));
        Assert.StartsWith($"Node 3 has joined network {network.Id} already, and is a member until ", twice.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(elsewhere, "NODE3", ".p2pnode", "identity", "join.key")));
        var again = await Executable.RunAsync(network.Folder, "network", "join", token, "--seed", $"127.0.0.1:{network[2].Port}", "--config", "elsewhere/nodes.json", "--folder", "other");
        Assert.Equal((7, $"127.0.0.1:{network[2].Port}: the token was used already; have the node invited again\n"), (again.Code, again.Error));

        using var three = Executable.Start(elsewhere, "--id", "3", "--log-level", "debug");
        await ToldAsync(network, 1, "Linked with node 3 at ");

        Assert.Equal(0, (await network.RunAsync("network", "revoke", "--id", "3")).Code);
        Assert.Equal(7, await three.ExitAsync(Eventually.Deadline));
        Assert.Contains(" ERR] Node 3 was revoked; to let it in again have it invited", three.Error, StringComparison.Ordinal);
        await ToldAsync(network, 1, "Closed the link with node 3: it was revoked");

        // Nor does it get in when it forgets that it was.
        File.Delete(Path.Combine(elsewhere, "NODE3", ".p2pnode", "identity", "revoked"));
        using var forgetful = Executable.Start(elsewhere, "--id", "3");
        Assert.Equal(7, await forgetful.ExitAsync(Eventually.Deadline));
        await ToldAsync(network, 1, ": node 3 was revoked");

        var show = await network.AskAsync("network", "show");
        Assert.Equal(("created", "[1,2,3]", "[3]"), (show.GetProperty("kind").GetString(), Ids(show.GetProperty("nodes")), show.GetProperty("revoked").GetRawText()));
        await network.LedByAsync(1);
    }

    private static string Ids(JsonElement nodes) => $"[{string.Join(',', nodes.EnumerateArray().Select(node => node.GetProperty("id").GetInt32()))}]";

    private static async Task ToldAsync(Network network, int by, string text) => await Eventually.HoldsAsync(
        () => network[by].Lines.Any(line => line.Text.Contains(text, StringComparison.Ordinal)),
        $"node {by} says: {text}");
}
