using P2PNode.Core.Membership;
using P2PNode.EndToEnd.Kit;

namespace P2PNode.EndToEnd;

/// <summary>Two processes that say to be one node: the second is refused, all say so, and it ends.</summary>
public sealed class DuplicateTests : NetworkTest
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_second_process_of_a_node_in_a_cloned_folder_or_its_own_ends_and_both_sides_say_so(bool cloned)
    {
        var network = Create(1, 2, 3);
        network.Start(1, 2, 3);
        var epoch = await network.LedByAsync(1);
        var folder = Path.Combine(network.Folder, "elsewhere", "NODE2");
        if (cloned)
            await CloneAsync(network[2].Folder, folder);
        var port = Ports.Take();

        using var second = Executable.Start(network.Folder, "--id", "2", "--folder", folder, "--listen", $"127.0.0.1:{port}");

        Assert.Equal(7, await second.ExitAsync(Eventually.Deadline));
        Assert.Contains($" ERR] Node 2 ends, as node 1 says: another process runs as node 2 at 127.0.0.1:{network[2].Port}: give one of them another ID.", second.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Leader is node 2", second.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Collected ", second.Error, StringComparison.Ordinal);
        await Eventually.HoldsAsync(() => Count(network[2], $"Another process says that it is this node: it listens at 127.0.0.1:{port}, ") == 1, "node 2 says so");
        Assert.Equal(1, Count(network[1], "it says that it is node 2, and so does a node that is linked already"));
        Assert.False(network[2].Process.HasEnded);
        Assert.Equal(epoch, await network.LedByAsync(1));
        Assert.Equal(1, Count(network[2], "Another process says that it is this node"));
        await Eventually.HoldsAsync(
            async () => (await network[3].StatusAsync())?.Members.Any(member => member.Id.Value == 2 && member.State is MemberState.Alive && member.Address.Port == network[2].Port) is true,
            "node 3, which may have had a link with the second process, has node 2 where it is");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_second_process_on_the_folder_of_a_node_ends_and_both_sides_say_so(bool isSeed)
    {
        var network = Create(1);
        network.Start(1);
        await network.LedByAsync(1);

        var second = await (isSeed
            ? network.RunAsync("seed", "--listen", $"127.0.0.1:{Ports.Take()}", "--folder", "NODE1")
            : network.RunAsync("--id", "1"));

        Assert.Equal(2, second.Code);
        Assert.Contains($"The folder {network[1].Folder} is in use by a", second.Error, StringComparison.Ordinal);
        await Eventually.HoldsAsync(() => Count(network[1], $") was started on this node's folder {network[1].Folder} and was refused") == 1, "node 1 says so");
        Assert.False(network[1].Process.HasEnded);
    }

    private static int Count(NetworkNode node, string text) => node.Lines.Count(line => line.Text.Contains(text, StringComparison.Ordinal));

    private static async Task CloneAsync(string from, string to)
    {
        var parent = Directory.CreateDirectory(Path.GetDirectoryName(to)!).FullName;
        Assert.Equal(0, (await Executable.RunAsync(parent, "cp", ["-a", from, to])).Code);
    }
}
