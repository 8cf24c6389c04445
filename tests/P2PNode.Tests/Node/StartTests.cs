using System.Net;
using System.Net.Sockets;
using P2PNode.Core;
using P2PNode.Node;
using P2PNode.Security;
using P2PNode.Tests.Files;
using Serilog.Core;

namespace P2PNode.Tests.Node;

public sealed class StartTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_named_with_the_reason()
    {
        var file = _folder.Write("file", "no folder can be in here");

        var sentence = await SentenceOfAsync(Path.Combine(file, "NODE1"), "127.0.0.1:1");

        Assert.StartsWith($"Node 1 cannot use the folder {Path.Combine(file, "NODE1")}: ", sentence);
    }

    [Fact]
    public async Task A_node_that_has_no_way_to_others_says_how_it_gets_one()
    {
        await using var network = new TestNetwork(1, 2);
        network.Start(1, options => options with { Nodes = [options.Nodes[0]] });
        await network.HoldsAsync(() => network.Saw("Leader is node 1"), "node 1 leads");
        network.Start(2);
        await network.HoldsAsync(() => network.Saw("Linked with node 2"), "node 2 has found it");

        await network.StopAsync(2);
        await network.StopAsync(1);
        var hint = Assert.Single(network.Log, line => line.Contains("knows of no others", StringComparison.Ordinal));
        Assert.Contains("Node 1 knows of no others: link it with one by 'p2pnode connect HOST:PORT' here or there, or start it with --seed HOST:PORT, --discover or a nodes.json", hint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("NODE1")]
    [InlineData("NODE1/below/some/folders")]
    public async Task No_node_starts_in_the_folder_of_another(string below)
    {
        _folder.Write(".p2pnode/lock", "");
        var folder = _folder[below];

        var sentence = await SentenceOfAsync(folder, "127.0.0.1:1");

        Assert.Equal($"Node 1 cannot use the folder {folder}: it lies in the folder of another node, {_folder.Path}; put the two side by side.", sentence);
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public async Task Keys_of_a_network_above_a_folder_make_no_node_of_it()
    {
        HaveNetwork();

        var sentence = await SentenceOfAsync(_folder["NODE1"], "192.0.2.1:5001");

        Assert.StartsWith("Node 1 cannot listen", sentence);
    }

    [Fact]
    public async Task A_folder_stays_with_its_node()
    {
        _folder.Write("NODE2/.p2pnode/node", "2\n");

        var sentence = await SentenceOfAsync(_folder["NODE2"], "127.0.0.1:1");

        Assert.Equal($"The folder {_folder["NODE2"]} is that of node 2; give node 1 another one, or run node 2 with it.", sentence);
    }

    [Theory]
    [InlineData("peers")]
    [InlineData(".p2pnode")]
    public async Task A_file_in_the_place_of_a_folder_of_the_program_is_named(string name)
    {
        var file = _folder.Write($"NODE1/{name}", "");

        var sentence = await SentenceOfAsync(_folder["NODE1"], "127.0.0.1:1");

        Assert.Equal($"Node 1 cannot use the folder {_folder["NODE1"]}: {file} is a file, where P2PNode needs a folder; move it away.", sentence);
    }

    [Theory]
    [InlineData("epoch")]
    [InlineData("incarnation")]
    [InlineData("node")]
    public async Task A_folder_in_the_place_of_a_number_is_named(string name)
    {
        var state = Directory.CreateDirectory(_folder["NODE1/.p2pnode"]).FullName;
        Directory.CreateDirectory(Path.Combine(state, name));

        var sentence = await SentenceOfAsync(_folder["NODE1"], "127.0.0.1:1");

        Assert.Equal($"Node 1 cannot use what it keeps in {state}: {Path.Combine(state, name)} is a folder, where a file should be; move it away.", sentence);
    }

    [Fact]
    public async Task An_address_of_another_machine_is_told_as_such()
    {
        HaveNetwork();

        var sentence = await SentenceOfAsync(_folder["NODE1"], "192.0.2.1:5001"); // TEST-NET-1: no machine has it.

        Assert.StartsWith("Node 1 cannot listen at 192.0.2.1:5001: this machine has no such address;", sentence);
    }

    [Fact]
    public async Task A_port_in_use_is_told_with_what_to_do()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        var sentence = await SentenceOfAsync(_folder["NODE1"], $"127.0.0.1:{port}");

        Assert.StartsWith($"Node 1 cannot listen at 127.0.0.1:{port}: the port is in use; stop what uses it", sentence);
    }

    [Fact]
    public async Task Other_machines_are_not_spoken_with_before_there_is_a_network()
    {
        var sentence = await SentenceOfAsync(_folder["NODE1"], "192.0.2.1:5001");

        Assert.StartsWith("Node 1 is to speak with others than this machine, as 192.0.2.1:5001 says, but has no network's keys: ", sentence);
    }

    private void HaveNetwork() => new NetworkFolder(_folder.Path).LoadOrCreate(local: false, TimeProvider.System).Authority.Dispose();

    private static async Task<string> SentenceOfAsync(string folder, string listen)
    {
        Assert.True(NodeAddress.TryParse(listen, out var address));
        var options = new NodeOptions { Id = new NodeId(1), Folder = folder, Listen = address };
        var node = new PeerNode(options, TimeProvider.System, Logger.None);
        var refused = await Assert.ThrowsAsync<NodeStartException>(() => node.RunAsync(TestContext.Current.CancellationToken));
        return refused.Message;
    }
}
