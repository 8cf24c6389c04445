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
        Directory.CreateDirectory(Path.Combine(Folder, "mine", ".p2pnode"));
        File.WriteAllText(Path.Combine(Folder, "mine", ".p2pnode", "node"), "12\n");

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
    public async Task What_is_remembered_and_damaged_is_a_usage_error()
    {
        Directory.CreateDirectory(Path.Combine(Folder, ".p2pnode"));
        File.WriteAllText(Path.Combine(Folder, ".p2pnode", "homes"), "?\n");

        Assert.Equal(2, await RunAsync("--discover"));

        Assert.Contains("homes is damaged", Error);
    }

    [Fact]
    public async Task The_only_node_that_runs_is_asked()
    {
        await RunAsync("--discover");
        await using var endpoint = await StartNodeAsync(_told!.Id.Value);

        Assert.Equal(0, await RunAsync("status", "--json"));
    }

    [Fact]
    public async Task Of_several_that_run_one_has_to_be_named()
    {
        await new NodeHomes(Folder, id => Path.Combine(Folder, $"NODE{id}")).PreferAsync(new NodeId(12), TimeProvider.System, Stop);
        await new NodeHomes(Folder, id => Path.Combine(Folder, $"NODE{id}")).PreferAsync(new NodeId(5), TimeProvider.System, Stop);
        await using var five = await StartNodeAsync(5);
        await using var twelve = await StartNodeAsync(12);

        Assert.Equal(5, await RunAsync("status"));
        Assert.Equal("The nodes 5, 12 run here; say which one is meant with --id.\n", Error);

        Assert.Equal(0, await RunAsync("status", "--id", "12", "--json"));
    }

    private void Join(string folder, int id)
    {
        using var authority = NetworkAuthority.Create(local: false, TimeProvider.System);
        var identity = IdentityFolder.OfNode(Path.Combine(Folder, folder));
        using var key = identity.LoadOrCreateKeyToJoin();
        using var certificate = authority.Issue(new NodeId(id), new PublicKey(key), TimeProvider.System);
        identity.SaveJoined(key, certificate, authority.Certificate, new NodeName(authority.Network, new NodeId(id)), DenyList.Empty(authority.Network));
    }
}
