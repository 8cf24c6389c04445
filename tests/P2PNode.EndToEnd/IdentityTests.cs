using System.Security.Cryptography.X509Certificates;
using P2PNode.Core;
using P2PNode.EndToEnd.Kit;
using P2PNode.Security;

namespace P2PNode.EndToEnd;

/// <summary>Nodes whose identity is not that of a member: the others say why, and they themselves end with code 7.</summary>
public sealed class IdentityTests : NetworkTest
{
    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    [Fact]
    public async Task Three_nodes_that_start_at_once_make_one_network_and_their_keys_stay_private()
    {
        var network = Create(1, 2, 3);
        network.Start(1, 2, 3);
        await network.LedByAsync(1);

        Assert.Equal([Path.Combine(network.Folder, ".p2pnode", "network")], Directory.GetFileSystemEntries(Path.Combine(network.Folder, ".p2pnode")));
        var keys = network.Nodes.Select(node => node.State("identity/node.key")).Append(Path.Combine(network.Folder, ".p2pnode/network/ca.key"));
        foreach (var key in keys)
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(key));
            var secret = File.ReadAllLines(key)[1];
            Assert.DoesNotContain(network.Nodes.SelectMany(node => node.Lines), line => line.Text.Contains(secret, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_node_of_another_network_is_refused_by_all_and_ends_with_code_7()
    {
        var (network, stranger) = await BesideAsync();
        using var own = new NetworkFolder(stranger).LoadOrCreate(local: true, TimeProvider.System).Authority;

        using var process = Start(stranger);

        Assert.Equal(7, await process.ExitAsync(Eventually.Deadline));
        Assert.Contains($" ERR] Node 3 is of network {own.Network}, and all others that answer are of another one; ", process.Error, StringComparison.Ordinal);
        await ToldAsync(network, "Closed the connection from ");
        await network.LedByAsync(1);
    }

    [Fact]
    public async Task A_node_whose_certificate_has_ended_is_refused_and_ends_with_code_7()
    {
        var (network, stranger) = await BesideAsync();
        Join(network, stranger, Now.AddDays(-91));

        using var process = Start(stranger);

        Assert.Equal(7, await process.ExitAsync(Eventually.Deadline));
        Assert.Contains(" ERR] The certificate of node 3 ended on ", process.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_has_joined_runs_without_the_ca()
    {
        var (network, member) = await BesideAsync();
        Join(network, member, Now);

        using var process = Start(member);

        await ToldAsync(network, "Linked with node 3 at ");
        Assert.False(Directory.Exists(Path.Combine(member, ".p2pnode")));
        process.Kill();
    }

    [Fact]
    public async Task Other_machines_are_not_spoken_with_before_there_is_a_network()
    {
        var network = Create(1);

        var refused = await network.RunAsync("--id", "1", "--listen", "0.0.0.0:5001");

        Assert.Equal(2, refused.Code);
        Assert.Contains("as 0.0.0.0:5001 says, but has no network's keys: make a network here with 'p2pnode network create'", refused.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(network.Folder, ".p2pnode")));
    }

    /// <summary>A network of two nodes that know a third, and a folder elsewhere in which that is to run.</summary>
    private async Task<(Network Network, string Elsewhere)> BesideAsync()
    {
        var network = Create(1, 2, 3);
        new NetworkFolder(network.Folder).LoadOrCreate(local: false, new At(Now.AddYears(-1))).Authority.Dispose();
        network.Start(1, 2);
        await network.LedByAsync(1);
        var elsewhere = Directory.CreateDirectory(Path.Combine(network.Folder, "elsewhere")).FullName;
        File.Copy(Path.Combine(network.Folder, "nodes.json"), Path.Combine(elsewhere, "nodes.json"));
        return (network, elsewhere);
    }

    private static RunningProcess Start(string folder) => Executable.Start(folder, "--id", "3", "--log-level", "debug");

    private static void Join(Network network, string home, DateTimeOffset at)
    {
        using var authority = new NetworkFolder(network.Folder).Load()!;
        var folder = new IdentityFolder(Path.Combine(home, "NODE3", ".p2pnode"));
        Directory.CreateDirectory(Path.Combine(home, "NODE3", ".p2pnode"));
        using var key = folder.LoadOrCreateKey();
        using var certificate = authority.Issue(new NodeId(3), new PublicKey(key), new At(at));
        folder.Save(key, certificate, authority.Certificate);
    }

    private static async Task ToldAsync(Network network, string text) => await Eventually.HoldsAsync(
        () => network[1].Lines.Any(line => line.Text.Contains(text, StringComparison.Ordinal)),
        $"node 1 says: {text}");

    private sealed class At(DateTimeOffset time) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => time;
    }
}
