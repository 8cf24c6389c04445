using System.Text.Json;
using P2PNode.Api;
using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Node;
using P2PNode.Tests.Api;

namespace P2PNode.Tests.Cli;

public sealed class SearchTests : CommandLineFixture
{
    private FileQuery? _asked;

    [Fact]
    public async Task Filters_and_order_reach_the_node()
    {
        await using var endpoint = Answer(new FilesReport([StubNode.File], new ListingsReport(3, 3), 1));
        var root = new string('a', 64);

        Assert.Equal(0, await RunAsync(
            "search", "*.txt", "--peer", "NODE2", "--min-size", "10K", "--max-size", "1M", "--newer", "2026-01-31",
            "--root", root, "--sort", "size", "--reverse", "--limit", "7"));

        Assert.Equal("*.txt", _asked?.Pattern?.Text);
        Assert.True(ContentRoot.TryParse(root, out var content));
        Assert.Equal(
            new FileQuery
            {
                Owner = new NodeId(2),
                MinSize = 10 << 10,
                MaxSize = 1 << 20,
                SinceTicks = new DateTime(2026, 1, 31, 0, 0, 0, DateTimeKind.Utc).Ticks,
                Root = content,
                Order = FileOrder.Size,
                Reverse = true,
                Limit = 7,
            },
            _asked! with { Pattern = null });
    }

    [Fact]
    public async Task Files_are_sorted_by_name_unless_another_order_is_asked_for()
    {
        await using var endpoint = Answer(new FilesReport([StubNode.File], new ListingsReport(3, 3), 1));

        Assert.Equal(0, await RunAsync("search", "a"));
        Assert.Equal(FileOrder.Name, _asked!.Order);
        Assert.Equal(0, await RunAsync("search", "a", "--sort", "peer"));
        Assert.Equal(FileOrder.Owner, _asked!.Order);
    }

    [Fact]
    public async Task As_JSON_it_is_the_array_of_rows_and_all_else_is_said_on_the_side()
    {
        await using var endpoint = Answer(new FilesReport([StubNode.File], new ListingsReport(2, 3), 1_234));

        Assert.Equal(0, await RunAsync("search", "a", "--limit", "1", "--json"));

        Assert.Equal($"[{JsonSerializer.Serialize(StubNode.File, NodeQueriesJson.FileRow)}]\n", Output);
        Assert.Equal(
            "These are 1 of 1,234 files.\nFiles may be missing: 2 of 3 listings are complete.\n",
            Error);
    }

    [Fact]
    public async Task Nothing_found_ends_with_4()
    {
        await using var endpoint = Answer(new FilesReport([], new ListingsReport(3, 3), 0));

        Assert.Equal(4, await RunAsync("search", "x*", "--json"));
        Assert.Equal(("[]\n", "No file matches 'x*'.\n"), (Output, Error));
        Assert.Equal(4, await RunAsync("search", "--peer", "2"));
    }

    [Theory]
    [InlineData("--peer two", "--peer must be a node's ID, such as 2 or NODE2; it is 'two'.")]
    [InlineData("--min-size 10X", "--min-size must be a size such as 500, 10K, 2.5M or 1G; it is '10X'.")]
    [InlineData("--min-size 2M --max-size 1M", "--min-size is larger than --max-size: no file is so.")]
    [InlineData("--newer yesterday", "--newer must be a day or time such as 2026-01-31, 2026-01-31T12:00 or 2026-01-31T11:00Z, or a time span such as 30m, 12h, 7d or 2w; it is 'yesterday'.")]
    [InlineData("--root abc", "--root must be 64 hexadecimal digits; it is 'abc'.")]
    [InlineData("--sort age a", "--sort must be one of name, path, size, mtime, peer; it is 'age'.")]
    [InlineData("--limit 0 a", "--limit must be a whole number from 1 to 2000000; it is '0'.")]
    [InlineData("--reverse", "Say what to search for: a TEXT, or a filter such as --peer or --newer; 'p2pnode files' lists all.")]
    public async Task What_cannot_be_searched_for_is_one_sentence_and_ends_with_2(string args, string sentence)
    {
        WriteNodesFile();

        Assert.Equal(2, await RunAsync(["search", .. args.Split(' ')]));

        Assert.Equal((sentence + "\n", ""), (Error, Output));
    }

    private LocalEndpoint Answer(FilesReport report)
    {
        WriteNodesFile();
        Node.OnFiles = (query, _) =>
        {
            _asked = query;
            return ValueTask.FromResult(report);
        };
        return StartNode(1);
    }
}
