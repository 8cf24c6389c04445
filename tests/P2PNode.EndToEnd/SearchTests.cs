using P2PNode.EndToEnd.Kit;

namespace P2PNode.EndToEnd;

public sealed class SearchTests : NetworkTest
{
    [Fact]
    public async Task A_follower_finds_the_files_of_all_nodes_by_what_is_asked_for()
    {
        var network = Create(1, 2, 3);
        network[1].Put("of one.txt", "1");
        network[2].Put("docs/Report.pdf", "22");
        network[3].Put("report.txt", "333");
        File.SetLastWriteTimeUtc(network[3].Put("old report.txt", "4444"), new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        for (var i = 0; i < 1_000; i++)
            network[3].Put($"many/a rather long name, so that they need more than one frame {i}.bin", $"{i}");
        network.Start(1, 2, 3);
        await network.LedByAsync(1);
        await network.CollectedAsync(1, [2, 3]);

        await Eventually.HoldsAsync(
            async () => (await network.RunAsync("search", "report", "--id", "2")).Error.Length == 0, "node 1 has all listings");
        Assert.Equal(["old report.txt", "docs/Report.pdf", "report.txt"], await PathsAsync("report"));
        Assert.Equal(["report.txt", "old report.txt"], await PathsAsync("*.TXT", "--peer", "3", "--sort", "size"));
        Assert.Equal(["docs/Report.pdf", "report.txt"], await PathsAsync("REPORT", "--newer", "1d", "--sort", "path"));
        Assert.Equal(["old report.txt"], await PathsAsync("--min-size", "4", "--max-size", "4"));
        Assert.Equal(["of one.txt"], await PathsAsync("--root", Content.RootOfSmall("1"), "--peer", "NODE1"));
        Assert.Equal(1_000, (await PathsAsync("many/**")).Length);
        Assert.Equal(4, (await network.RunAsync("search", "no such", "--id", "2", "--json")).Code);
        var two = await network.RunAsync("search", "report", "--limit", "2", "--id", "3");
        Assert.Equal("These are 2 of 3 files.\n", two.Error);
        Assert.Equal(3, two.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);

        async Task<string[]> PathsAsync(params string[] args) =>
            [.. (await network.AskAsync(["search", .. args, "--id", "2"])).EnumerateArray().Select(row => row.GetProperty("path").GetString()!)];
    }
}
