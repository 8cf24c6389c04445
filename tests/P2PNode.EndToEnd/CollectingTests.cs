using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using P2PNode.EndToEnd.Kit;

namespace P2PNode.EndToEnd;

public sealed partial class CollectingTests : NetworkTest
{
    /// <summary>A time with every digit that a file system may keep.</summary>
    private static readonly DateTime Long = new DateTime(2025, 3, 4, 5, 6, 7, DateTimeKind.Utc).AddTicks(1_234_567);

    [Fact]
    public async Task The_leader_gets_byte_identical_copies_with_time_and_mode_of_whatever_lies_in_the_folders_of_others()
    {
        var network = Create(1, 2, 3);
        network[2].Put("empty.txt", "");
        network[2].Put("notes/two words.txt", "2");
        network[2].Put("musique/été à la mer.txt", "é");
        network[2].Put("計画/三本の木 🌳.txt", "木");
        network[2].Put("a/b/c/d/e/f/deep.txt", "deep");
        network[2].Put(".hidden", "hidden");
        File.SetLastWriteTimeUtc(network[2].Put("long.txt", "time"), Long);
        File.SetLastWriteTimeUtc(network[2].Put("before 1970.txt", "old"), new DateTime(1965, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        File.SetUnixFileMode(network[2].Put("run.sh", "#!/bin/sh\n"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.CreateDirectory(Path.Combine(network[2].Folder, "empty folder/in another"));
        foreach (var size in (int[])[1, 16_383, 16_384, 16_385, 1 << 20, (5 << 20) + 1])
            Content.Fill(network[3].Put($"sizes/{size}.bin", ""), size, seed: size);

        network.Start(1, 2, 3);
        await network.LedByAsync(1);

        await network.CollectedAsync(1, [2, 3]);
    }

    [Fact]
    public async Task Commands_and_the_file_log_show_the_same_row_of_each_file()
    {
        var network = Create(1, 2);
        File.SetLastWriteTimeUtc(network[2].Put("docs/été.txt", "content"), Long);
        network.Start(1, 2);
        await network.CollectedAsync(1, [2]);

        var row = new
        {
            peer = 2,
            path = "docs/été.txt",
            name = "été.txt",
            size = 7,
            root = Content.RootOfSmall("content"),
            mtime = "2025-03-04T05:06:07.1234567Z",
            holders = new[] { Holder(network[1]), Holder(network[2]) },
        };
        var expected = JsonSerializer.SerializeToElement(row);
        foreach (var id in (string[])["1", "2"])
        {
            await Eventually.HoldsAsync(
                async () => JsonElement.DeepEquals(JsonSerializer.SerializeToElement(new[] { row }), await network.AskAsync("files", "--id", id)),
                $"node {id} shows the row");
        }

        var log = Path.Combine(network[1].Folder, "peer_files.log");
        await Eventually.HoldsAsync(
            () => File.Exists(log) && File.ReadAllLines(log) is [var line] && JsonElement.DeepEquals(expected, JsonElement.Parse(line)),
            "the file log holds the row");
        Assert.False(File.Exists(Path.Combine(network[2].Folder, "peer_files.log")), "Node 2 never led, but has a file log.");
        Assert.Equal(4, (await network.RunAsync("files", "no such", "--json")).Code);

        static object Holder(NetworkNode node) => new { id = node.Id, address = $"127.0.0.1:{node.Port}" };
    }

    [Fact]
    public async Task Every_node_says_who_leads_and_the_leader_says_what_it_collected()
    {
        var network = Create(1, 2, 3);
        network[2].Put("docs/a file.txt", "2");
        for (var i = 0; i < 300; i++)
            network[3].Put($"many/{i}.txt", $"{i}");
        network.Start(1, 2, 3);
        var epoch = await network.LedByAsync(1);
        await network.CollectedAsync(1, [2, 3]);

        foreach (var node in network.Nodes)
            Assert.Contains(node.Lines, line => line.IsError && line.Text.EndsWith($" INF] Leader is node 1 (epoch {epoch})", StringComparison.Ordinal));
        await Eventually.HoldsAsync(
            () => network[1].Lines.Any(line => line.Text.EndsWith(" INF] Collected docs/a file.txt | a file.txt | NODE2", StringComparison.Ordinal)),
            "the row of the file is on the console");
        await Eventually.HoldsAsync(() => Rows(network[1]) + Sums(network[1]).Sum() == 300, "all files of node 3 are on the console");
        Assert.NotEmpty(Sums(network[1]));
        Assert.All(Sums(network[1]), files => Assert.InRange(files, 51, 300));
        Assert.Equal("", network[1].Process.Output);
    }

    private static int Rows(NetworkNode leader) => leader.Lines.Count(line => line.Text.EndsWith(".txt | NODE3", StringComparison.Ordinal));

    private static List<int> Sums(NetworkNode leader) => [.. leader.Lines
        .Select(line => SummedUp().Match(line.Text))
        .Where(match => match.Success)
        .Select(match => int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture))];

    [GeneratedRegex(@" INF\] Collected (\d+) files \(\d+ bytes\) \| NODE3$")]
    private static partial Regex SummedUp();
}
