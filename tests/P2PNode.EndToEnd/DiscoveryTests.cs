using P2PNode.EndToEnd.Kit;

namespace P2PNode.EndToEnd;

/// <summary>Nodes of one machine that were told nothing but to look for others.</summary>
public sealed class DiscoveryTests : LooseNodesTest
{
    [Fact]
    public async Task Three_nodes_started_in_one_folder_without_any_address_are_one_network()
    {
        var started = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => StartAsync("--discover")));
        var ids = started.Select(node => node.Id).ToList();

        foreach (var id in ids)
        {
            await Eventually.HoldsAsync(
                async () => await AskAsync("status", id) is { } status
                    && status.GetProperty("leader").ToString() == ids.Min(int.Parse).ToString(System.Globalization.CultureInfo.InvariantCulture)
                    && status.GetProperty("members").EnumerateArray().Count(member => member.GetProperty("state").GetString() == "alive") == 2,
                $"node {id} follows the lowest and knows both others");
        }

        var reached = await AskAsync("members", ids[0], "--diagnose");
        Assert.Equal(ids.Skip(1).Order(), reached!.Value.EnumerateArray().Where(one => one.GetProperty("result").GetString() == "reachable").Select(one => one.GetProperty("id").ToString()).Distinct().Order());
        Assert.All(reached.Value.EnumerateArray(), one => Assert.Contains("discovered", one.GetProperty("sources").EnumerateArray().Select(source => source.GetString())));
    }

    [Fact]
    public async Task The_diagnosis_tells_a_port_without_a_node_a_stranger_and_another_node_apart()
    {
        using var network = new Network(1, 2, 3, 4);
        using var stranger = new Network(4);
        network[1].Start();
        network[2].Start();
        await network.LedByAsync(1);
        stranger[4].Start();
        await stranger.LedByAsync(4);
        var nodes = new[] { (1, network[1].Port), (2, network[2].Port), (3, Ports.Take()), (4, stranger[4].Port), (5, network[2].Port) };
        network[1].Kill();
        var file = Path.Combine(network.Folder, "other.json");
        File.WriteAllText(file, $"{{\"nodes\":[{string.Join(',', nodes.Take(4).Select(node => $"{{\"id\":{node.Item1},\"host\":\"127.0.0.1\",\"port\":{node.Item2}}}"))},{{\"id\":5,\"host\":\"localhost\",\"port\":{nodes[4].Item2}}}]}}");
        network[1].Start("--config", file);
        await Eventually.HoldsAsync(async () => (await network[1].StatusAsync())?.Links.Length > 0, "node 1 is linked again");

        var answer = await network.AskAsync("members", "--diagnose", "--id", "1");

        var results = answer.EnumerateArray().ToDictionary(one => one.GetProperty("id").GetInt32(), one => (one.GetProperty("result").GetString(), one.GetProperty("detail").GetString()!));
        Assert.Equal("reachable", results[2].Item1);
        Assert.Equal("refused", results[3].Item1);
        Assert.Equal("otherNetwork", results[4].Item1);
        Assert.Equal(("otherNode", "node 2 answers there, not node 5"), results[5]);
        var table = (await network.RunAsync("members", "--diagnose", "--id", "1")).Output;
        Assert.Contains("other network", table, StringComparison.Ordinal);
        Assert.Single((await network[2].StatusAsync())!.Links);
    }

    private async Task<System.Text.Json.JsonElement?> AskAsync(string command, string id, params IEnumerable<string> options)
    {
        var result = await Executable.RunAsync(Folder, [command, "--id", id, "--json", .. options]);
        return result.Code == 0 ? System.Text.Json.JsonElement.Parse(result.Output) : null;
    }
}
