using P2PNode.Node;

namespace P2PNode.Tests.Node;

public sealed class FetchesTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_that_cannot_be_looked_at_where_it_is_to_go_fails_alone()
    {
        await using var network = new TestNetwork(1, 2);
        network.Put(2, "docs/a.txt", "a");
        network.Start(1);
        network.Start(2);
        await network.HoldsAsync(() => network.Copy(1, 2, "docs/a.txt") is not null, "node 1 has the file");
        var tooLong = Path.Combine(network.Folder(1), new string('x', 300));

        var lines = await GetAsync(network[1], new GetRequest { What = ["a.txt"], Output = tooLong, OutputIsFolder = true });

        var outcome = Assert.Single(lines.Select(line => line.File).OfType<GetOutcome>());
        Assert.Equal(GetResult.Failed, outcome.Result);
        Assert.Equal(1, lines[^1].Totals?.Failed);
    }

    [Fact]
    public async Task What_is_here_and_written_elsewhere_counts_as_fetched()
    {
        await using var network = new TestNetwork(1, 2);
        network.Put(1, "own.txt", "own");
        network.Put(2, "docs/a.txt", "a");
        network.Put(2, "docs/b.txt", "bb");
        network.Start(1);
        network.Start(2);
        await network.HoldsAsync(() => network.Copy(1, 2, "docs/a.txt") is not null && network.Copy(1, 2, "docs/b.txt") is not null, "node 1 has the files");
        await network.HoldsAsync(() => network[1].Status().Catalogue.Files == 3, "node 1 lists all files");
        var output = Path.Combine(network.Folder(1), "out");

        var lines = await GetAsync(network[1], new GetRequest { What = ["docs/", "own.txt"], Output = output, OutputIsFolder = true });

        var files = lines.Select(line => line.File).OfType<GetOutcome>().OrderBy(file => file.Path).ToList();
        Assert.Equal([GetResult.Fetched, GetResult.Fetched, GetResult.Fetched], files.Select(file => file.Result));
        Assert.Equal((3, 6, 0), (lines[^1].Totals?.Fetched, lines[^1].Totals?.Bytes, lines[^1].Totals?.Failed));
        Assert.Equal("bb", File.ReadAllText(Path.Combine(output, "b.txt")));
    }

    [Fact]
    public async Task A_file_that_failed_is_not_shown_as_one_that_came()
    {
        await using var network = new TestNetwork(1, 2);
        network.Put(2, "a.txt", "content");
        network.Start(1);
        network.Start(2);
        await network.HoldsAsync(() => network.Copy(1, 2, "a.txt") is not null, "node 1 has the file");
        var output = Path.Combine(network.Folder(1), "there");
        Directory.CreateDirectory(output);

        var lines = await GetAsync(network[1], new GetRequest { What = ["a.txt"], Output = output });

        Assert.Equal(GetResult.Failed, Assert.Single(lines.Select(line => line.File).OfType<GetOutcome>()).Result);
        Assert.All(lines.Select(line => line.Progress).OfType<GetProgress>(), progress => Assert.Equal((0, 0), (progress.Files, progress.Bytes)));
    }

    [Theory]
    [InlineData("star*q?.txt")]
    [InlineData("d/star*q?.txt")]
    [InlineData("NODE2/d/star*q?.txt")]
    public async Task A_file_that_is_called_like_a_glob_is_meant_alone(string what)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such names.");
        await using var network = new TestNetwork(1, 2);
        network.Put(2, "d/star*q?.txt", "this");
        network.Put(2, "d/starXqY.txt", "other");
        network.Start(1);
        network.Start(2);
        await network.HoldsAsync(() => network[1].Status().Catalogue.Files == 2, "node 1 lists the files");

        var lines = await GetAsync(network[1], new GetRequest { What = [what] });

        Assert.Equal("d/star*q?.txt", Assert.Single(lines.Select(line => line.File).OfType<GetOutcome>()).Path);
    }

    [Fact]
    public async Task A_large_file_goes_on_when_its_only_holder_has_restarted()
    {
        await using var network = new TestNetwork(1, 2, 3);
        network.Put(2, "large.bin", new string('x', 12 << 20));
        network.Start(1, options => options with { LimitDown = 1024 });
        network.Start(2, options => options with { LimitUp = 4 << 20 });
        network.Start(3);
        await network.LedByAsync(1);
        await network.HoldsAsync(() => network[1].Status().Catalogue.Files == 1, "node 1 lists the file");
        var get = GetAsync(network[3], new GetRequest { What = ["large.bin"] });
        await network.HoldsAsync(() => get.IsCompleted || network[3].Status().Transfers is [{ Done: > 1 << 20 }], "some of the file has come");
        Assert.False(get.IsCompleted);

        await network.StopAsync(2);
        network.Start(2);
        await network.HoldsAsync(() => get.IsCompleted, "the file has come");

        var lines = await get;
        Assert.Equal((1, 0), (lines[^1].Totals?.Fetched, lines[^1].Totals?.Failed));
    }

    [Fact]
    public async Task Who_gives_a_large_file_shows_it_too_until_it_went()
    {
        await using var network = new TestNetwork(1, 2);
        network.Put(2, "large.bin", new string('x', 12 << 20));
        network.Start(1);
        network.Start(2, options => options with { LimitUp = 4 << 20 });

        await network.HoldsAsync(
            () => network[2].Status().Transfers is [{ File: "NODE2/large.bin", From: [var from], Done: > 1 << 20, Size: 12 << 20, Rate: > 0 } transfer]
                && (from.Value, transfer.To.Value) == (2, 1),
            "node 2 shows what it gives to node 1");

        await network.HoldsAsync(() => network.Copy(1, 2, "large.bin") is not null, "node 1 has the file");
        await network.HoldsAsync(() => network[2].Status().Transfers.IsEmpty, "node 2 shows nothing any more");
    }

    [Fact]
    public async Task Two_requests_for_one_large_file_at_once_are_both_met()
    {
        await using var network = new TestNetwork(1, 2, 3);
        network.Put(2, "large.bin", new string('x', 12 << 20));
        network.Start(1, options => options with { LimitDown = 1024 });
        network.Start(2, options => options with { LimitUp = 8 << 20 });
        network.Start(3);
        await network.LedByAsync(1);
        await network.HoldsAsync(() => network[1].Status().Catalogue.Files == 1, "node 1 lists the file");

        var both = Task.WhenAll(Enumerable.Range(0, 2).Select(_ => GetAsync(network[3], new GetRequest { What = ["large.bin"] })));
        await network.HoldsAsync(() => both.IsCompleted, "the file has come");

        var results = (await both).Select(lines => (lines[^1].Totals?.Fetched, lines[^1].Totals?.Failed));
        Assert.Equal([(1, 0), (1, 0)], results);
        Assert.Equal(12 << 20, network.Copy(3, 2, "large.bin")?.Length);
        Assert.Empty(Directory.GetFiles(Path.Combine(network.Folder(3), ".p2pnode", "partial")));
    }

    [Fact]
    public async Task A_request_that_cannot_be_met_says_what_may_be_meant()
    {
        await using var network = new TestNetwork(1, 2);
        network.Put(2, "docs/a.txt", "a");
        network.Put(2, "img/a.txt", "b");
        network.Start(1);
        network.Start(2);
        await network.HoldsAsync(() => network[1].Status().Catalogue.Files == 2, "node 1 lists the files");

        var ambiguous = await Assert.ThrowsAsync<GetException>(() => GetAsync(network[1], new GetRequest { What = ["a.txt"] }));
        Assert.Equal(["2 docs/a.txt", "2 img/a.txt"], ambiguous.Candidates.Select(one => $"{one.Peer} {one.Path}").Order());
        var folder = await Assert.ThrowsAsync<GetException>(() => GetAsync(network[1], new GetRequest { What = ["NODE2/docs"] }));
        Assert.Equal((GetFault.NotFound, "There is no file 'NODE2/docs', but a folder: 'NODE2/docs/'."), (folder.Fault, folder.Message));
        var kept = Path.Combine(network.Folder(1), "peers", "x");
        var reserved = await Assert.ThrowsAsync<GetException>(() => GetAsync(network[1], new GetRequest { What = ["docs/a.txt"], Output = kept }));
        Assert.Equal((GetFault.Usage, $"{kept} is a place that a node keeps for itself: name another with -o."), (reserved.Fault, reserved.Message));
    }

    [Fact]
    public async Task A_follower_does_not_say_when_it_heard_one_that_only_the_leader_hears()
    {
        await using var network = new TestNetwork(1, 2, 3);
        network.Start(1);
        network.Start(2);
        network.Start(3);
        await network.LedByAsync(1);

        await network.HoldsAsync(
            () => network[3].Members().Where(member => member.LastSeen is not null).Select(member => member.Id.Value).SequenceEqual([1]),
            "node 3 hears the leader alone");
        Assert.Equal(2, network[1].Members().Count(member => member.LastSeen is not null));
    }

    private static async Task<List<GetLine>> GetAsync(PeerNode node, GetRequest request)
    {
        var lines = new List<GetLine>();
        await foreach (var line in node.GetAsync(request, Stop))
            lines.Add(line);
        return lines;
    }
}
