using P2PNode.Cli.Configuration;
using P2PNode.Core;
using P2PNode.Node;

namespace P2PNode.Tests.Cli;

public sealed class NodesFileTests
{
    private static readonly string Home = Path.GetFullPath("/home/pool");

    [Fact]
    public void A_node_has_its_folder_beside_the_file_unless_it_names_another()
    {
        var file = Read("""{ "nodes": [ { "id": 2, "host": "b", "port": 2, "folder": "data/two" }, { "id": 1, "host": "a", "port": 1 } ] }""");

        Assert.Equal(
            [
                new NodeEntry(new NodeId(1), new NodeAddress("a", 1), Path.Combine(Home, "NODE1")),
                new NodeEntry(new NodeId(2), new NodeAddress("b", 2), Path.Combine(Home, "data", "two")),
            ],
            file.Nodes);
    }

    [Fact]
    public void Keys_that_are_left_out_stay_undecided()
    {
        var file = Read("""{ "nodes": [ { "id": 1, "host": "a", "port": 1 } ] }""");

        Assert.Equal((null, null, null, 0), (file.Discover, file.Copies, file.MaxPeers, file.Seeds.Count));
    }

    [Fact]
    public void All_keys_are_read_and_comments_and_trailing_commas_accepted()
    {
        var file = Read(
            """
            // The pool of our lab.
            {
              "$schema": "docs/nodes.schema.json",
              "nodes": [ { "id": 1, "host": "::1", "port": 1, }, ], /* one only */
              "seeds": [ "10.0.0.5:4000", "[fe80::1]:4001", "10.0.0.5:4000" ],
              "discover": true,
              "copies": "all",
              "maxPeers": 8,
              "intervals": { "heartbeat": 0.25, "gossip": "10s", },
            }
            """);

        Assert.Equal("[::1]:1", file.Nodes[0].Address.ToString());
        Assert.Equal([new NodeAddress("10.0.0.5", 4000), new NodeAddress("fe80::1", 4001)], file.Seeds);
        Assert.Equal((true, NodeOptions.EveryNode, 8), (file.Discover, file.Copies, file.MaxPeers));
        Assert.Equal((0.25, 10), (file.Intervals.Election.Heartbeat.TotalSeconds, file.Intervals.Overlay.Gossip.TotalSeconds));
    }

    [Theory]
    [InlineData("", 1, "This is not JSON: ")]
    [InlineData("{\n  \"nodes\": [\n    }", 3, "This is not JSON: ")]
    [InlineData("{\n  \"nodes\": [ { \"id\": 1, \"host\": \"a\", \"port\": 1 } ] }\n}", 3, "This is not JSON: ")]
    [InlineData("\n[]", 2, "There must be an object in braces for the file, not a list.")]
    [InlineData("{ }", 1, "There is no \"nodes\" for the file; add it")]
    [InlineData("{\n\"nodes\": {} }", 2, "\"nodes\" must be a list of nodes, each with \"id\", \"host\" and \"port\", not an object.")]
    [InlineData("{\n\"nodes\": [], \"discover\": \"yes\" }", 2, "\"discover\" must be true or false, not the text \"yes\".")]
    [InlineData("{ \"nodes\": [\n7 ] }", 2, "There must be an object in braces for a node, not 7.")]
    public void A_file_of_the_wrong_form_is_refused(string json, int line, string sentence) =>
        Assert.StartsWith($"nodes.json, line {line}: {sentence}", Assert.Single(ProblemsOf(json)));

    [Theory]
    [InlineData("\"host\": \"a\", \"port\": 1", "There is no \"id\" for a node; add it, for instance \"id\": 1.")]
    [InlineData("\"id\": 1, \"port\": 1", "There is no \"host\" for a node; add it, for instance \"host\": \"127.0.0.1\".")]
    [InlineData("\"id\": 1, \"host\": \"a\"", "There is no \"port\" for a node; add it, for instance \"port\": 5001.")]
    [InlineData("\"id\": 1, \"host\": \"a\", \"prot\": 1, \"port\": 1", "\"prot\" is not a key of a node; did you mean 'port'?")]
    [InlineData("\"id\": 1, \"host\": \"a\", \"port\": 1, \"x\": 1", "\"x\" is not a key of a node.")]
    [InlineData("\"id\": 1, \"host\": \"a\", \"port\": 1, \"id\": 1", "\"id\" is there twice; remove one.")]
    [InlineData("\"id\": 0, \"host\": \"a\", \"port\": 1", "\"id\" must be a whole number from 1 to 2147483647, not 0.")]
    [InlineData("\"id\": 1.5, \"host\": \"a\", \"port\": 1", "\"id\" must be a whole number from 1 to 2147483647, not 1.5.")]
    [InlineData("\"id\": \"1\", \"host\": \"a\", \"port\": 1", "\"id\" must be a whole number from 1 to 2147483647, not the text \"1\".")]
    [InlineData("\"id\": 1, \"host\": \"a\", \"port\": 65536", "\"port\" must be a whole number from 1 to 65535, not 65536.")]
    [InlineData("\"id\": 1, \"host\": \"a\", \"port\": null", "\"port\" must be a whole number from 1 to 65535, not null.")]
    [InlineData("\"id\": 1, \"host\": [], \"port\": 1", "\"host\" must be a text in quotes, not a list.")]
    [InlineData("\"id\": 1, \"host\": \"a:1\", \"port\": 1", "\"a:1\" is no host; write a name or an IP address, without a port.")]
    [InlineData("\"id\": 1, \"host\": \"a\", \"port\": 1, \"folder\": \"\"", "\"folder\" names no folder; name one, or leave the key out.")]
    public void A_wrong_node_is_refused(string members, string sentence) =>
        Assert.Equal($"nodes.json, line 3: {sentence}", Assert.Single(ProblemsOf($"{{\n  \"nodes\": [\n    {{ {members} }} ] }}")));

    [Theory]
    [InlineData("\"id\": 1, \"host\": \"b\", \"port\": 2", "Node 1 is there already, in line 2; give each node its own ID.")]
    [InlineData("\"id\": 2, \"host\": \"A\", \"port\": 1", "The nodes 1 and 2 have the same address A:1; change one port.")]
    [InlineData("\"id\": 2, \"host\": \"b\", \"port\": 2, \"folder\": \"NODE1/x\"", "The folders of nodes 1 and 2 lie one inside the other; put them side by side.")]
    [InlineData("\"id\": 2, \"host\": \"b\", \"port\": 2, \"folder\": \".\"", "The folders of nodes 1 and 2 lie one inside the other; put them side by side.")]
    public void Two_nodes_that_clash_are_refused_where_the_second_stands(string second, string sentence) =>
        Assert.Equal(
            $"nodes.json, line 3: {sentence}",
            Assert.Single(ProblemsOf($"{{ \"nodes\": [\n {{ \"id\": 1, \"host\": \"a\", \"port\": 1 }},\n {{ {second} }} ] }}")));

    [Fact]
    public void Two_nodes_with_one_folder_are_refused()
    {
        var problems = ProblemsOf(
            """{ "nodes": [ { "id": 1, "host": "a", "port": 1 }, { "id": 2, "host": "a", "port": 2, "folder": "x/../NODE1/" } ] }""");

        Assert.Contains("The nodes 1 and 2 have the same folder", Assert.Single(problems));
    }

    [Theory]
    [InlineData("\"sedes\": []", "\"sedes\" is not a key of the file; did you mean 'seeds'?")]
    [InlineData("\"seeds\": \"a:1\"", "\"seeds\" must be a list of texts HOST:PORT, not the text \"a:1\".")]
    [InlineData("\"seeds\": [ \"a\" ]", "A seed must be a text such as \"10.0.0.5:4000\", not the text \"a\".")]
    [InlineData("\"seeds\": [ \"a:0\" ]", "A seed must be a text such as \"10.0.0.5:4000\", not the text \"a:0\".")]
    [InlineData("\"discover\": \"yes\"", "\"discover\" must be true or false, not the text \"yes\".")]
    [InlineData("\"copies\": 0", "\"copies\" must be a whole number from 1, or \"all\", not 0.")]
    [InlineData("\"copies\": \"2\"", "\"copies\" must be a whole number from 1, or \"all\", not the text \"2\".")]
    [InlineData("\"copies\": \"most\"", "\"copies\" must be a whole number from 1, or \"all\", not the text \"most\".")]
    [InlineData("\"intervals\": 5", "There must be an object in braces for the intervals, not 5.")]
    [InlineData("\"intervals\": { \"hartbeat\": 1 }", "\"hartbeat\" is not a key of the intervals; did you mean 'heartbeat'?")]
    [InlineData("\"intervals\": { \"heartbeat\": 0.1 }", "\"heartbeat\" must be a number of seconds, or a text such as \"500ms\", from 200ms to 1m, not 0.1.")]
    [InlineData("\"intervals\": { \"heartbeat\": \"2x\" }", "\"heartbeat\" must be a number of seconds, or a text such as \"500ms\", from 200ms to 1m, not the text \"2x\".")]
    [InlineData("\"intervals\": { \"remember\": true }", "\"remember\" must be a number of seconds, or a text such as \"5m\", from 1m to 7d, not true.")]
    [InlineData("\"intervals\": { \"misses\": 1 }", "\"misses\" must be a whole number from 2 to 10, not 1.")]
    [InlineData("\"maxPeers\": -1", "\"maxPeers\" must be a whole number from 1 to 100000, not -1.")]
    public void A_wrong_value_beside_the_nodes_is_refused(string member, string sentence) =>
        Assert.Equal(
            $"nodes.json, line 2: {sentence}",
            Assert.Single(ProblemsOf($"{{ \"nodes\": [ {{ \"id\": 1, \"host\": \"a\", \"port\": 1 }} ],\n {member} }}")));

    [Fact]
    public void All_problems_are_named_at_once_in_the_order_of_their_lines()
    {
        var problems = ProblemsOf("{\n\"copies\": 0,\n\"nodes\": [ { \"id\": 1 } ],\n\"discover\": 1 }");

        Assert.Equal(["2", "3", "3", "4"], problems.Select(problem => problem["nodes.json, line ".Length..].Split(':')[0]));
    }

    [Fact]
    public void A_byte_order_mark_is_no_problem() =>
        Assert.Single(NodesFileReader.Read(
            [0xEF, 0xBB, 0xBF, .. """{ "nodes": [ { "id": 1, "host": "a", "port": 1 } ] }"""u8], Path.Combine(Home, "nodes.json"), "x").Nodes);

    [Fact]
    public void A_text_that_is_not_UTF8_is_refused_with_its_line()
    {
        var problem = Assert.Throws<ConfigurationException>(() => NodesFileReader.Read(
            [.. "{\n\"nodes\": [ { \"id\": 1, \"host\": \""u8, 0xFF, .. "\", \"port\": 1 } ] }"u8], Path.Combine(Home, "nodes.json"), "nodes.json"));

        Assert.StartsWith("nodes.json, line 2: This is not JSON: ", problem.Message);
    }

    [Fact]
    public void A_folder_in_the_place_of_the_file_is_named()
    {
        using var folder = new P2PNode.Tests.Files.TemporaryFolder();

        var problem = Assert.Throws<ConfigurationException>(() => NodesFile.Load(folder.Path, "pool"));

        Assert.Equal("pool is a folder; name the file in it with --config.", problem.Message);
    }

    [Fact]
    public void A_node_among_thousands_that_is_like_another_is_found_at_once()
    {
        const int Nodes = 30_000;
        var nodes = Enumerable.Range(1, Nodes).Select(id => $$"""{ "id": {{id}}, "host": "a{{id}}", "port": 1 }""")
            .Append("""{ "id": 40000, "host": "A7", "port": 1, "folder": "NODE8/" }""")
            .Append("""{ "id": 40001, "host": "b", "port": 1, "folder": "NODE9/x/y" }""")
            .Append("""{ "id": 40002, "host": "c", "port": 1, "folder": "." }""")
            .Append("""{ "id": 7, "host": "d", "port": 1 }""");
        var started = TimeProvider.System.GetTimestamp();

        var problems = ProblemsOf($$"""{ "nodes": [ {{string.Join(",\n", nodes)}} ] }""");

        Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(5), "It takes longer, the more nodes there are.");
        Assert.Equal(
            [
                $"nodes.json, line {Nodes + 1}: The nodes 7 and 40000 have the same address A7:1; change one port.",
                $"nodes.json, line {Nodes + 1}: The nodes 8 and 40000 have the same folder {Path.Combine(Home, "NODE8")}{Path.DirectorySeparatorChar}; give each its own.",
                $"nodes.json, line {Nodes + 2}: The folders of nodes 9 and 40001 lie one inside the other; put them side by side.",
                $"nodes.json, line {Nodes + 3}: The folders of nodes 1 and 40002 lie one inside the other; put them side by side.",
                $"nodes.json, line {Nodes + 4}: Node 7 is there already, in line 7; give each node its own ID.",
            ],
            problems);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named()
    {
        var problem = Assert.Throws<ConfigurationException>(() => NodesFile.Load(Path.Combine(Home, "none.json"), "none.json"));

        Assert.Equal("There is no file none.json; name the right one with --config.", problem.Message);
    }

    private static NodesFile Read(string json) =>
        NodesFileReader.Read(System.Text.Encoding.UTF8.GetBytes(json), Path.Combine(Home, "nodes.json"), "nodes.json");

    private static IReadOnlyList<string> ProblemsOf(string json) =>
        Assert.Throws<ConfigurationException>(() => Read(json)).Problems;
}
