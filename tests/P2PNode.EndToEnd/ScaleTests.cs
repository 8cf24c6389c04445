using P2PNode.EndToEnd.Kit;

namespace P2PNode.EndToEnd;

/// <summary>What a node must take, by default a small part of it; P2PNODE_SCALE=100 is all of it.</summary>
[Collection(typeof(Alone))]
public sealed class ScaleTests : NetworkTest
{
    private const long MostMemory = 250L << 20;

    private static readonly int Percent = Setting.Scale(otherwise: 2);

    /// <summary>Far more than it takes: how fast it is, other programs measure.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1) * Math.Max(1, Percent / 4);

    [Theory]
    [InlineData(3)]
    [InlineData(2, 3)] // Both come at once: what waits in memory is the most.
    public async Task Many_small_files_are_collected_in_little_memory_and_the_leadership_stands(params int[] owners)
    {
        var network = Create(1, 2, 3);
        var count = 1000 * Percent;
        for (var i = 0; i < count; i++)
            Content.Fill(network[owners[i % owners.Length]].Put($"{i / 1000}/{i}.bin", ""), 1024, seed: i);

        await CollectAsync(network, owners, count, count * 1024L);
    }

    [Fact]
    public async Task A_large_file_is_collected_in_little_memory_and_the_leadership_stands()
    {
        var network = Create(1, 2, 3);
        var size = (8L << 30) * Percent / 100;
        Content.Fill(network[3].Put("large.bin", ""), size, seed: 1);

        await CollectAsync(network, [3], 1, size);
    }

    private static async Task CollectAsync(Network network, int[] owners, int files, long bytes)
    {
        network.Start(1, 2, 3);
        var took = await Eventually.HoldsAsync(
            async () => await network[1].StatusAsync() is { Pending.Files: 0 } status && status.Catalogue.Files == files && status.Catalogue.Bytes == bytes,
            "nothing is pending",
            Patience);
        took += await network.CollectedAsync(1, owners, Patience);
        Say($"{files} files, {bytes} bytes, were listed and collected {took.TotalSeconds:0.0} s after the processes were started");

        foreach (var node in network.Nodes)
        {
            Say($"Node {node.Id} had at most {node.Process.PeakMemory >> 20} MiB resident");
            Assert.InRange(node.Process.PeakMemory, 1, MostMemory);
            Assert.Single(node.Lines, line => line.Text.Contains("Leader is node ", StringComparison.Ordinal));
            Assert.DoesNotContain(node.Lines, line => line.Text.Contains(" WRN] ", StringComparison.Ordinal));
        }
    }
}
