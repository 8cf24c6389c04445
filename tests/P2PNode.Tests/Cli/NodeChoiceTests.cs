using System.Security.Cryptography.X509Certificates;
using P2PNode.Core;
using P2PNode.Node;
using P2PNode.Security;

namespace P2PNode.Tests.Cli;

public sealed class NodeChoiceTests : CommandLineFixture
{
    private NodeOptions? _told;

    public NodeChoiceTests() => RunNode = (options, _, _) =>
    {
        _told = options;
        return Task.CompletedTask;
    };

    [Fact]
    public async Task Without_anything_that_says_how_to_find_others_a_node_has_to_be_named()
    {
        Assert.Equal(2, await RunAsync());
        Assert.StartsWith("There is no nodes.json here; say which node to run with --id", Error);

        WriteNodesFile();
        Assert.Equal(2, await RunAsync());
        Assert.Contains("Say which node to run with --id, one of 1, 2, 3", Error);
        Assert.Null(_told);
    }

    [Theory]
    [InlineData("--seed", "127.0.0.1:4000")]
    [InlineData("--discover")]
    public async Task Who_can_find_others_gets_an_ID_a_folder_and_a_port_of_its_own(params string[] args)
    {
        Assert.Equal(0, await RunAsync(args));

        Assert.Equal(Path.Combine(Folder, $"NODE{_told!.Id}"), _told.Folder);
        Assert.Equal(new NodeAddress("127.0.0.1", 0), _told.Listen);
        Assert.Equal([new ConfiguredNode(_told.Id, _told.Listen)], _told.Nodes);
    }

    [Fact]
    public async Task Seeds_in_the_file_do_as_well_and_then_it_need_list_no_nodes()
    {
        WriteNodesFile("""{ "nodes": [], "seeds": [ "127.0.0.1:4000" ] }""");

        Assert.Equal(0, await RunAsync());

        Assert.Equal([new NodeAddress("127.0.0.1", 4000)], _told!.Seeds);
    }

    [Theory]
    [InlineData("--seed", "127.0.0.1:4000")]
    [InlineData("--discover")]
    [InlineData("--listen", "127.0.0.1:7000")]
    [InlineData("--id", "5", "--listen", "127.0.0.1:7000")]
    public async Task A_file_that_lists_no_nodes_does_where_the_command_line_says_how_to_find_others(params string[] args)
    {
        WriteNodesFile("""{ "nodes": [] }""");

        Assert.Equal(0, await RunAsync(args));

        Assert.Equal([new ConfiguredNode(_told!.Id, _told.Listen)], _told.Nodes);
        Assert.Equal(3, await RunAsync("status"));
    }

    [Fact]
    public async Task A_file_that_lists_no_nodes_does_not_where_nothing_says_how_to_find_others()
    {
        WriteNodesFile("""{ "nodes": [] }""");

        Assert.Equal(2, await RunAsync());

        Assert.StartsWith("nodes.json lists no nodes, and nothing says how to find others; add nodes, or give --seed HOST:PORT or --discover.", Error);
    }

    [Fact]
    public async Task The_ID_stays()
    {
        await RunAsync("--seed", "127.0.0.1:4000");
        var first = _told!.Id;

        await RunAsync("--seed", "127.0.0.1:4000", "--listen", "127.0.0.1:7000");

        Assert.Equal((first, new NodeAddress("127.0.0.1", 7000)), (_told.Id, _told.Listen));
    }

    [Fact]
    public async Task A_folder_is_that_of_the_node_that_ran_in_it()
    {
        RanIn("mine", 12);

        Assert.Equal(0, await RunAsync("--folder", "mine"));

        Assert.Equal((new NodeId(12), Path.Combine(Folder, "mine")), (_told!.Id, _told.Folder));
        Assert.False(File.Exists(Path.Combine(Folder, ".p2pnode", "homes")));
    }

    [Fact]
    public async Task A_folder_in_nodes_json_is_that_of_its_node()
    {
        WriteNodesFile();

        Assert.Equal(0, await RunAsync("--folder", "NODE2"));

        Assert.Equal((new NodeId(2), new NodeAddress("127.0.0.1", 5002)), (_told!.Id, _told.Listen));
    }

    [Fact]
    public async Task What_was_joined_as_decides_and_others_can_reach_it()
    {
        Join("mine", 7);

        Assert.Equal(0, await RunAsync("--folder", "mine"));

        Assert.Equal((new NodeId(7), new NodeAddress("0.0.0.0", 0)), (_told!.Id, _told.Listen));
    }

    [Fact]
    public async Task Beside_the_CA_of_several_machines_others_can_reach_it()
    {
        new NetworkFolder(Folder).LoadOrCreate(local: false, TimeProvider.System).Authority.Dispose();

        Assert.Equal(0, await RunAsync("--discover"));

        Assert.Equal(new NodeAddress("0.0.0.0", 0), _told!.Listen);
    }

    [Fact]
    public async Task A_node_that_once_chose_its_port_may_be_named_without_an_address()
    {
        Assert.Equal(2, await RunAsync("--id", "9"));
        Directory.CreateDirectory(Path.Combine(Folder, "NODE9", ".p2pnode"));
        File.WriteAllText(Path.Combine(Folder, "NODE9", ".p2pnode", "port"), "4321\n");

        Assert.Equal(0, await RunAsync("--id", "9"));

        Assert.Equal(new NodeAddress("127.0.0.1", 0), _told!.Listen);
    }

    [Fact]
    public async Task What_is_remembered_and_damaged_is_said_and_mended()
    {
        await RunAsync("--discover");
        var first = _told!.Id;
        File.WriteAllText(Path.Combine(Folder, ".p2pnode", "homes"), "");

        Assert.Equal(0, await RunAsync("--discover"));
        Assert.Equal(first, _told.Id);
        Assert.Contains($"homes is damaged and written anew: node {first} is the only one that has a folder here", Error);

        Assert.Equal(0, await RunAsync("--discover"));
        Assert.Equal((first, 1), (_told.Id, Error.Split("damaged").Length - 1));
    }

    [Fact]
    public async Task What_is_remembered_and_damaged_keeps_no_question_from_its_answer()
    {
        Directory.CreateDirectory(Path.Combine(Folder, ".p2pnode"));
        File.WriteAllText(Path.Combine(Folder, ".p2pnode", "homes"), "");
        await using var endpoint = StartNode(5);

        Assert.Equal(0, await RunAsync("status", "--json"));
    }

    [Fact]
    public async Task A_node_that_runs_in_any_folder_here_is_asked()
    {
        await using var endpoint = StartNode(5, "mine");

        Assert.Equal(0, await RunAsync("status", "--json"));

        await using var other = StartNode(7);
        Assert.Equal(5, await RunAsync("status"));
        Assert.Equal("Nodes run here in NODE7, mine; say which one is meant with --folder.\n", Error);
    }

    [Fact]
    public async Task Where_only_stopped_nodes_are_here_none_runs()
    {
        Assert.Equal(2, await RunAsync("members"));
        Assert.Equal("There is no nodes.json here, and no folder of a node; say which node to ask with --folder or --config.\n", Error);

        RanIn("mine", 12);
        Assert.Equal(3, await RunAsync("members"));
        Assert.EndsWith("The node in mine is not running; start it with 'p2pnode --folder mine'.\n", Error);

        RanIn("NODE5", 5);
        Directory.CreateDirectory(Path.Combine(Folder, "SEED-4000", ".p2pnode"));
        Assert.Equal(3, await RunAsync("members"));
        Assert.EndsWith("None of the nodes in NODE5, mine is running; start one with 'p2pnode --folder NODE5'.\n", Error);
    }

    [Theory]
    [InlineData("status")]
    [InlineData("get", "x")]
    [InlineData("members", "--json")]
    public async Task A_seeds_folder_is_told_as_such_and_nobody_is_sent_to_start_a_node_there(params string[] command)
    {
        Join("SEED-4000", 7, NameRole.Seed);

        Assert.Equal(3, await RunAsync([.. command, "--folder", "SEED-4000"]));

        Assert.Equal("SEED-4000 is the folder of seed 7, which answers no commands; ask a node that registers with it, or read SEED-4000/seed.log.\n", Error);
    }

    [Fact]
    public async Task The_only_node_that_runs_is_asked()
    {
        await RunAsync("--discover");
        await using var endpoint = StartNode(_told!.Id.Value);

        Assert.Equal(0, await RunAsync("status", "--json"));
    }

    [Fact]
    public async Task Of_several_that_run_one_has_to_be_named()
    {
        await using var five = StartNode(5);
        await using var twelve = StartNode(12);

        Assert.Equal(5, await RunAsync("status"));
        Assert.Equal("Nodes run here in NODE12, NODE5; say which one is meant with --folder.\n", Error);

        Assert.Equal(0, await RunAsync("status", "--id", "12", "--json"));
    }

    private void RanIn(string folder, int id)
    {
        var state = Directory.CreateDirectory(Path.Combine(Folder, folder, ".p2pnode"));
        File.WriteAllText(Path.Combine(state.FullName, "node"), $"{id}\n");
    }

    private void Join(string folder, int id, NameRole role = NameRole.Node)
    {
        using var authority = NetworkAuthority.Create(local: false, TimeProvider.System);
        var identity = IdentityFolder.OfNode(Path.Combine(Folder, folder));
        using var key = identity.LoadOrCreateKeyToJoin();
        using var certificate = authority.Issue(new NodeId(id), new PublicKey(key), TimeProvider.System, role: role);
        identity.SaveJoined(key, certificate, authority.Certificate, new NodeName(authority.Network, new NodeId(id), role), DenyList.Empty(authority.Network));
    }
}
