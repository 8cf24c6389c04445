using P2PNode.EndToEnd.Kit;

namespace P2PNode.EndToEnd;

public sealed class GetTests : NetworkTest
{
    [Fact]
    public async Task A_file_comes_from_its_owner_to_where_copies_lie_and_its_row_shows_the_new_holder()
    {
        var network = Create(1, 2, 3);
        var original = network[2].Put("docs/été.sh", "content");
        File.SetUnixFileMode(original, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.SetLastWriteTimeUtc(original, new DateTime(2025, 3, 4, 5, 6, 7, DateTimeKind.Utc).AddTicks(1_234_567));
        await StartAsync(network);

        var result = await network.RunAsync("get", "NODE2/docs/été.sh", "--id", "3");

        var copy = Path.Combine(network[3].CopiesOf(2), "docs/été.sh");
        Assert.Equal((0, $"Fetched NODE2/docs/été.sh (7 B): {copy}\n", ""), (result.Code, result.Output, result.Error));
        Assert.Equal(Tree.Read(network[2].Folder), Tree.Read(network[3].CopiesOf(2)));
        await Eventually.HoldsAsync(async () => await HoldersAsync(network, "été.sh") is [1, 2, 3], "the row shows node 3 as a holder");

        var again = await network.RunAsync("get", "été.sh", "--id", "3");
        Assert.Equal((0, $"Here already: NODE2/docs/été.sh: {copy}\n"), (again.Code, again.Output));
        var own = await network.RunAsync("get", "été.sh", "--id", "2");
        Assert.Equal((0, $"This node's own file: NODE2/docs/été.sh: {original}\n"), (own.Code, own.Output));
        var newer = network[2].Replace("docs/été.sh", 100, seed: 5);
        await Eventually.HoldsAsync(
            async () => (await network.RunAsync("get", "été.sh", "--id", "3")).Code == 0 && Tree.Hash(copy) == newer, "the new version is fetched");
    }

    [Fact]
    public async Task A_file_whose_owner_is_dead_comes_from_the_leader()
    {
        var network = Create(1, 2, 3);
        network[2].Put("legacy.txt", "of node 2");
        await StartAsync(network);
        network[2].Kill();

        var result = await network.RunAsync("get", "legacy.txt", "--id", "3");

        Assert.True(result.Code == 0, result.Error);
        Assert.Equal("of node 2", network[3].Copy(2, "legacy.txt"));
    }

    [Fact]
    public async Task Folders_globs_and_everything_come_whole_and_one_document_says_what_came()
    {
        var network = Create(1, 2, 3);
        network[1].Put("one.txt", "1");
        network[2].Put("a/x.txt", "x");
        network[2].Put("a/deep/y.bin", "y");
        network[2].Put("empty.txt", "");
        for (var i = 0; i < 300; i++)
            network[2].Put($"many/{i}.txt", $"{i}");
        Content.Fill(network[2].Put("large.bin", ""), (9 << 20) + 1, seed: 1);
        await StartAsync(network);

        var folder = await network.AskAsync("get", "NODE2/a/", "--id", "3");
        Assert.Equal(["a/deep/y.bin", "a/x.txt"], folder.GetProperty("files").EnumerateArray().Select(file => file.GetProperty("path").GetString()).Order());
        Assert.All(folder.GetProperty("files").EnumerateArray(), file => Assert.Equal("fetched", file.GetProperty("result").GetString()));
        Assert.Equal(2, folder.GetProperty("totals").GetProperty("fetched").GetInt32());

        Assert.Equal(0, (await network.RunAsync("get", "*.txt", "large.bin", "--id", "3")).Code);
        Assert.Equal(Tree.Read(network[2].Folder), Tree.Read(network[3].CopiesOf(2)));
        var all = await network.AskAsync("get", "--all", "--id", "3");
        Assert.Equal((0, 305), (all.GetProperty("totals").GetProperty("fetched").GetInt32(), all.GetProperty("files").GetArrayLength()));
        Assert.Equal("1", network[3].Copy(1, "one.txt"));
    }

    [Fact]
    public async Task A_file_that_is_on_its_way_comes_whole_though_the_leader_is_killed()
    {
        var network = Create(1, 2, 3);
        var original = network[2].Put("large.bin", "");
        Content.Fill(original, 48 << 20, seed: 1);
        network[1].Start("--limit-down", "0.1");
        network[2].Start("--limit-up", "8");
        network[3].Start();
        await network.LedByAsync(1);
        await Eventually.HoldsAsync(async () => (await network.RunAsync("search", "large.bin", "--id", "3")).Code == 0, "the file is listed");

        var get = network.RunAsync("get", "large.bin", "--id", "3");
        await Eventually.HoldsAsync(async () => get.IsCompleted || await network[3].StatusAsync() is { Transfers: [{ Done: > 4 << 20 }] }, "some of it has come");
        Assert.False(get.IsCompleted);
        network[1].Kill();
        Assert.Null(network[3].Copy(2, "large.bin"));
        var result = await get;

        Assert.True(result.Code == 0, $"It ended with {result.Code}: {result.Error}");
        Assert.Equal(Tree.Hash(original), Tree.Hash(Path.Combine(network[3].CopiesOf(2), "large.bin")));
        await network.LedByAsync(2);
        Assert.Empty(network[3].Receiving);
    }

    [Fact]
    public async Task A_file_is_not_written_to_where_another_node_keeps_what_is_its_own()
    {
        var network = Create(1, 2, 3);
        network[2].Put("a.txt", "a");
        await StartAsync(network);

        foreach (var target in (string[])["NODE1/.p2pnode/x", "NODE1/peers/NODE2/x", "NODE3/peers/x"])
        {
            var refused = await network.RunAsync("get", "a.txt", "-o", target, "--id", "3");
            Assert.Equal((2, $"{Path.Combine(network.Folder, target)} is a place that a node keeps for itself: name another with -o.\n"), (refused.Code, refused.Error));
            Assert.False(File.Exists(Path.Combine(network.Folder, target)));
        }

        Assert.Equal(0, (await network.RunAsync("get", "a.txt", "-o", "NODE1/x", "--id", "3")).Code);
    }

    [Fact]
    public async Task What_is_not_there_or_not_unique_is_told_and_nothing_is_fetched()
    {
        var network = Create(1, 2, 3);
        network[1].Put("a/same.txt", "1");
        network[2].Put("a/same.txt", "2");
        network[2].Put("b/same.txt", "3");
        await StartAsync(network);

        var ambiguous = await network.RunAsync("get", "a/same.txt", "--id", "3");
        Assert.Equal(
            (5, "", "'a/same.txt' may be any of these:\n  NODE1/a/same.txt\n  NODE2/a/same.txt\n"),
            (ambiguous.Code, ambiguous.Output, ambiguous.Error));
        Assert.Equal(5, (await network.RunAsync("get", "NODE2/same.txt", "--id", "3")).Code);
        Assert.Equal(5, (await network.RunAsync("get", "a/", "--id", "3")).Code);
        var missing = await network.RunAsync("get", "NODE2/b/same.txt", "no such", "--id", "3");
        Assert.Equal((4, "There is no file 'no such'.\n"), (missing.Code, missing.Error));
        Assert.Equal(4, (await network.RunAsync("get", "none/", "--id", "3")).Code);
        Assert.Equal(4, (await network.RunAsync("get", "*.none", "--id", "3")).Code);
        Assert.False(Directory.Exists(network[3].CopiesOf(2)));
        Assert.Equal(0, (await network.RunAsync("get", "NODE1/same.txt", "--id", "3")).Code);
    }

    [Fact]
    public async Task Output_elsewhere_is_whole_leaves_no_copy_behind_and_never_replaces_what_exists()
    {
        var network = Create(1, 2, 3);
        network[2].Put("a/x.txt", "new");
        network[2].Put("a/b/y.txt", "y");
        await StartAsync(network);
        var target = Path.Combine(network.Folder, "x.txt");

        var first = await network.RunAsync("get", "x.txt", "-o", "x.txt", "--id", "3");
        Assert.Equal((0, $"Fetched NODE2/a/x.txt (3 B): {target}\n", ""), (first.Code, first.Output, first.Error));
        Assert.Equal("new", await File.ReadAllTextAsync(target, TestContext.Current.CancellationToken));
        Assert.Empty(Tree.Read(network[3].CopiesOf(2)));

        await File.WriteAllTextAsync(target, "mine", TestContext.Current.CancellationToken);
        var refused = await network.RunAsync("get", "x.txt", "-o", "x.txt", "--id", "3");
        Assert.Equal((1, "", $"Not fetched: NODE2/a/x.txt: {target} exists already; --force replaces it.\n"), (refused.Code, refused.Output, refused.Error));
        Assert.Equal("mine", await File.ReadAllTextAsync(target, TestContext.Current.CancellationToken));
        Assert.Equal(0, (await network.RunAsync("get", "x.txt", "-o", "x.txt", "--force", "--id", "3")).Code);
        Assert.Equal("new", await File.ReadAllTextAsync(target, TestContext.Current.CancellationToken));

        // The leader has a copy, which stays; a folder is written as it is.
        Assert.Equal(2, (await network.RunAsync("get", "a/", "-o", "one", "--id", "1")).Code);
        Assert.Equal(0, (await network.RunAsync("get", "a/", "-o", "out/", "--id", "1")).Code);
        Assert.Equal(Tree.Read(Path.Combine(network[2].Folder, "a")), Tree.Read(Path.Combine(network.Folder, "out")));
        Assert.Equal("new", network[1].Copy(2, "a/x.txt"));

        // One that fails does not keep the others back.
        File.Delete(Path.Combine(network.Folder, "out/b/y.txt"));
        var partly = await network.RunAsync("get", "a/", "-o", "out", "--id", "1");
        Assert.Equal(1, partly.Code);
        Assert.Contains($"Not fetched: NODE2/a/x.txt: {network.Folder}/out/x.txt exists already; --force replaces it.\n", partly.Error);
        Assert.Equal("y", await File.ReadAllTextAsync(Path.Combine(network.Folder, "out/b/y.txt"), TestContext.Current.CancellationToken));
        Assert.DoesNotContain(Directory.EnumerateFiles(network.Folder, ".p2pnode-*", SearchOption.AllDirectories), _ => true);
    }

    private static async Task StartAsync(Network network)
    {
        network.Start(1, 2, 3);
        await network.LedByAsync(1);
        await network.CollectedAsync(1, [2, 3]);
        await Eventually.HoldsAsync(
            async () => await network[1].StatusAsync() is { Pending.Files: 0, Listings: { Complete: 3, Expected: 3 } }, "node 1 has all listings and copies");
    }

    private static async Task<int[]> HoldersAsync(Network network, string name)
    {
        var rows = await network.AskAsync("search", name, "--id", "2");
        return [.. rows.EnumerateArray().Single().GetProperty("holders").EnumerateArray().Select(holder => holder.GetProperty("id").GetInt32())];
    }
}
