using P2PNode.EndToEnd.Kit;

namespace P2PNode.EndToEnd;

public sealed class UpTests : NetworkTest
{
    [Fact]
    public async Task Up_runs_all_nodes_in_one_terminal_until_it_is_interrupted()
    {
        var network = Create(1, 2, 30);
        network[2].Put("of-2.txt", "two");
        using var up = Executable.Start(network.Folder, "up");
        await Eventually.HoldsAsync(
            async () =>
            {
                foreach (var node in network.Nodes)
                {
                    if (await node.StatusAsync() is not { Leader.Value: 1 })
                        return false;
                }

                return true;
            },
            "node 1 leads all");
        await network.CollectedAsync(1, [2]);

        up.Send(ProcessSignal.Interrupt);

        Assert.Equal(0, await up.ExitAsync(TimeSpan.FromSeconds(2)));
        Assert.Equal("", up.Output);
        Assert.All(up.Lines, line => Assert.Matches(@"^node ( 1| 2|30) \| \[\d\d:\d\d:\d\d [A-Z]{3}\] ", line.Text));
        foreach (var name in (string[])["node  1", "node  2", "node 30"])
        {
            Assert.Contains(up.Lines, line => line.Text.StartsWith(name, StringComparison.Ordinal) && line.Text.Contains("Leader is node 1 (epoch ", StringComparison.Ordinal));
            Assert.Contains(up.Lines, line => line.Text.StartsWith(name, StringComparison.Ordinal) && line.Text.EndsWith(" has stopped", StringComparison.Ordinal));
        }
    }
}
