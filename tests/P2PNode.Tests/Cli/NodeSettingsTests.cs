using P2PNode.Cli.Configuration;
using P2PNode.Core;
using P2PNode.Node;

namespace P2PNode.Tests.Cli;

public sealed class NodeSettingsTests
{
    private static readonly string Home = Path.GetFullPath("/home/pool");
    private static readonly string Elsewhere = Path.GetFullPath("/tmp/elsewhere");

    private static readonly NodesFile File = NodesFileReader.Read(
        """
        { "nodes": [ { "id": 1, "host": "a", "port": 1 }, { "id": 2, "host": "b", "port": 2, "folder": "two" } ],
          "seeds": [ "file:1" ], "discover": true, "copies": 2, "maxPeers": 9 }
        """u8,
        Path.Combine(Home, "nodes.json"),
        "nodes.json");

    private readonly Dictionary<string, string[]> _flags = [];
    private readonly Dictionary<string, string> _environment = [];

    private GivenSettings Given =>
        new(name => _flags.GetValueOrDefault(name) ?? [], name => _environment.GetValueOrDefault(name));

    [Fact]
    public void The_file_beats_the_defaults()
    {
        _flags["id"] = ["2"];

        var options = Resolve(File);

        Assert.Equal((new NodeId(2), new NodeAddress("b", 2), Path.Combine(Home, "two")), (options.Id, options.Listen, options.Folder));
        Assert.Equal([new NodeAddress("file", 1)], options.Seeds);
        Assert.Equal((true, 2, 9), (options.Discover, options.Copies, options.MaxPeers));
        Assert.Equal([new NodeId(1), new NodeId(2)], options.Nodes.Select(node => node.Id));
        Assert.Equal((Path.Combine(Home, "nodes.json"), Home), (options.ConfigFile, options.Home));
    }

    [Fact]
    public void The_environment_beats_the_file()
    {
        foreach (var (name, value) in new[]
        {
            ("ID", "1"), ("FOLDER", "mine"), ("LISTEN", "env:7"), ("SEED", "env:1, env:2"), ("DISCOVER", "false"),
            ("COPIES", "all"), ("MAX_PEERS", "5"),
        })
        {
            _environment["P2PNODE_" + name] = value;
        }

        var options = Resolve(File);

        Assert.Equal(new NodeAddress("env", 7), options.Listen);
        Assert.Equal(Path.Combine(Elsewhere, "mine"), options.Folder);
        Assert.Equal([new NodeAddress("env", 1), new NodeAddress("env", 2)], options.Seeds);
        Assert.Equal((false, NodeOptions.EveryNode, 5), (options.Discover, options.Copies, options.MaxPeers));
    }

    [Fact]
    public void The_command_line_beats_the_environment()
    {
        _environment["P2PNODE_ID"] = "1";
        _environment["P2PNODE_SEED"] = "env:1";
        _environment["P2PNODE_COPIES"] = "not even a number";
        _flags["id"] = ["2"];
        _flags["seed"] = ["flag:1", "flag:2"];
        _flags["copies"] = ["3"];

        var options = Resolve(File);

        Assert.Equal(new NodeId(2), options.Id);
        Assert.Equal([new NodeAddress("flag", 1), new NodeAddress("flag", 2)], options.Seeds);
        Assert.Equal(3, options.Copies);
    }

    [Fact]
    public void Limits_are_given_in_MB_a_second_and_with_fractions()
    {
        _flags["id"] = ["1"];
        _flags["limit-up"] = ["0.25"];
        _environment["P2PNODE_LIMIT_UP"] = "7";
        _environment["P2PNODE_LIMIT_DOWN"] = "10000";

        Assert.Equal((250_000L, 10_000_000_000L), (Resolve(File).LimitUp, Resolve(File).LimitDown));
    }

    [Fact]
    public void An_interval_of_the_environment_takes_the_place_of_that_one_of_the_file_alone()
    {
        var file = NodesFileReader.Read(
            """{ "nodes": [ { "id": 1, "host": "a", "port": 1 } ], "intervals": { "heartbeat": 2, "misses": 4, "rotate": "1h" } }"""u8,
            Path.Combine(Home, "nodes.json"),
            "nodes.json");
        _flags["id"] = ["1"];
        _environment["P2PNODE_INTERVALS"] = "heartbeat=500ms, gossip=7";

        var intervals = Resolve(file).Intervals;

        Assert.Equal((0.5, 7, 3600), (intervals.Election.Heartbeat.TotalSeconds, intervals.Overlay.Gossip.TotalSeconds, intervals.Overlay.Rotate.TotalSeconds));
        Assert.Equal((4, 4), (intervals.Election.Misses, intervals.Overlay.Misses));
    }

    [Theory]
    [InlineData("heartbeat", "heartbeat in P2PNODE_INTERVALS must be a number of seconds, or a text such as \"500ms\", from 200ms to 1m; it is ''.")]
    [InlineData("gossip=5,misses=0", "misses in P2PNODE_INTERVALS must be a whole number from 2 to 10; it is '0'.")]
    [InlineData("gossip=5,,misses=3", "P2PNODE_INTERVALS has a comma too many; put one between two intervals, such as heartbeat=2s,gossip=10s.")]
    [InlineData("gossip=5,", "P2PNODE_INTERVALS has a comma too many; put one between two intervals, such as heartbeat=2s,gossip=10s.")]
    [InlineData("gossip=5,misses=3,gossip=6", "gossip is in P2PNODE_INTERVALS twice; remove one.")]
    [InlineData("heart=5", "P2PNODE_INTERVALS must be intervals of nodes.json, such as heartbeat=2s,gossip=10s; 'heart' is none.")]
    public void An_interval_of_the_environment_that_cannot_be_is_named(string value, string sentence)
    {
        _flags["id"] = ["1"];
        _environment["P2PNODE_INTERVALS"] = value;

        Assert.Equal(sentence, Assert.Throws<ConfigurationException>(() => Resolve(File)).Message);
    }

    [Fact]
    public void An_empty_variable_counts_as_not_set()
    {
        _flags["id"] = ["1"];
        _environment["P2PNODE_MAX_PEERS"] = "";

        Assert.Equal(9, Resolve(File).MaxPeers);
    }

    [Fact]
    public void Without_a_file_the_defaults_hold_and_the_folder_lies_in_the_working_directory()
    {
        _flags["id"] = ["7"];
        _flags["listen"] = ["[::1]:7000"];

        var options = Resolve(null);

        Assert.Equal((Path.Combine(Elsewhere, "NODE7"), Elsewhere), (options.Folder, options.Home));
        Assert.Equal([new ConfiguredNode(new NodeId(7), new NodeAddress("::1", 7000))], options.Nodes);
        Assert.Equal((false, 1, 10_000, null), (options.Discover, options.Copies, options.MaxPeers, options.ConfigFile));
        Assert.Equal((null, null), (options.LimitUp, options.LimitDown));
    }

    [Fact]
    public void A_node_that_the_file_lacks_takes_its_place_among_the_others_when_it_says_where_it_listens()
    {
        _flags["id"] = ["7"];
        _flags["listen"] = ["c:7"];

        var options = Resolve(File);

        Assert.Equal([new NodeId(1), new NodeId(2), new NodeId(7)], options.Nodes.Select(node => node.Id));
        Assert.Equal(Path.Combine(Home, "NODE7"), options.Folder);
    }

    [Fact]
    public void A_node_that_the_file_lacks_needs_an_address()
    {
        _flags["id"] = ["7"];

        Assert.Equal(
            "Node 7 is not in nodes.json, which lists 1, 2; add it there or give --listen HOST:PORT.",
            Assert.Throws<ConfigurationException>(() => Resolve(File)).Message);
    }

    [Fact]
    public void Of_many_nodes_the_first_are_named()
    {
        _flags["id"] = ["77"];
        var nodes = Enumerable.Range(1, 12).Select(id => new NodeEntry(new NodeId(id), new NodeAddress("a", id), $"/{id}"));
        var file = File with { Nodes = [.. nodes] };

        Assert.Equal(
            "Node 77 is not in nodes.json, which lists 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more; add it there or give --listen HOST:PORT.",
            Assert.Throws<ConfigurationException>(() => Resolve(file)).Message);
    }

    [Theory]
    [InlineData("id", "0", "--id must be a whole number from 1; it is '0'.")]
    [InlineData("id", "two", "--id must be a whole number from 1; it is 'two'.")]
    [InlineData("listen", "here", "--listen must be HOST:PORT, such as 127.0.0.1:5001; it is 'here'.")]
    [InlineData("seed", "a:99999", "--seed must be HOST:PORT, such as 127.0.0.1:5001; it is 'a:99999'.")]
    [InlineData("copies", "none", "--copies must be a whole number from 1, or 'all'; it is 'none'.")]
    [InlineData("limit-up", "0", "--limit-up must be a number of MB a second from 0.001 to 10000, such as 12.5; it is '0'.")]
    [InlineData("limit-up", "-1", "--limit-up must be a number of MB a second from 0.001 to 10000, such as 12.5; it is '-1'.")]
    [InlineData("limit-up", "0.0009", "--limit-up must be a number of MB a second from 0.001 to 10000, such as 12.5; it is '0.0009'.")]
    [InlineData("limit-down", "10001", "--limit-down must be a number of MB a second from 0.001 to 10000, such as 12.5; it is '10001'.")]
    [InlineData("limit-down", "1,5", "--limit-down must be a number of MB a second from 0.001 to 10000, such as 12.5; it is '1,5'.")]
    [InlineData("limit-down", "fast", "--limit-down must be a number of MB a second from 0.001 to 10000, such as 12.5; it is 'fast'.")]
    [InlineData("max-peers", "-5", "--max-peers must be a whole number from 1 to 100000; it is '-5'.")]
    public void A_wrong_value_is_refused_under_the_name_of_its_option(string name, string value, string sentence)
    {
        _flags["id"] = ["1"];
        _flags[name] = [value];

        Assert.Equal(sentence, Assert.Throws<ConfigurationException>(() => Resolve(File)).Message);
    }

    [Fact]
    public void A_wrong_value_is_refused_under_the_name_of_its_variable()
    {
        _environment["P2PNODE_MAX_PEERS"] = "many";
        _flags["id"] = ["1"];

        Assert.Equal(
            "P2PNODE_MAX_PEERS must be a whole number from 1 to 100000; it is 'many'.",
            Assert.Throws<ConfigurationException>(() => Resolve(File)).Message);
    }

    [Fact]
    public void All_nodes_of_the_file_are_told_of_one_another()
    {
        var all = NodeSettings.ForAll(Given, File);

        Assert.Equal([new NodeId(1), new NodeId(2)], all.Select(options => options.Id));
        Assert.All(all, options => Assert.Equal(2, options.Nodes.Count));
    }

    private NodeOptions Resolve(NodesFile? file) => NodeSettings.ForOne(Given.Id!.Value, Given, file, Elsewhere);
}
