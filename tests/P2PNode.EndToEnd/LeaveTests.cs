using System.Globalization;
using P2PNode.EndToEnd.Kit;

namespace P2PNode.EndToEnd;

/// <summary>A node hands everything over before it goes.</summary>
public sealed class LeaveTests : NetworkTest
{
    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task A_follower_leaves_with_files_that_were_just_added_and_they_can_be_had_from_its_leader()
    {
        var network = Create(1, 2, 3);
        network.Start(1, 2, 3);
        await network.LedByAsync(1);
        for (var i = 0; i < 200; i++)
            network[2].Put($"docs/{i % 7}/{i}.txt", $"file {i}");

        var started = Eventually.Now;
        var left = await network.RunAsync("leave", "--id", "2");
        var took = Eventually.Now - started;

        Assert.Equal((0, "Node 2 has left: 200 files (1.5 KiB) are with node 1.\n"), (left.Code, left.Output));
        Assert.Equal(0, await network[2].Process.ExitAsync(EndsWithin));
        Assert.Equal(Tree.Read(network[2].Folder), Tree.Read(network[1].CopiesOf(2)));
        Assert.Equal(200, Directory.EnumerateFiles(Path.Combine(network[2].Folder, "docs"), "*", SearchOption.AllDirectories).Count());
        Say($"200 new files were handed over in {took.TotalSeconds:0.0} s, the second in which they had to stand still included");

        network[1].Kill();
        network.Start(1);
        await network.LedByAsync(1);
        var files = await network.AskAsync("files", "--id", "3");
        Assert.Equal(200, files.GetArrayLength());
        Assert.All(files.EnumerateArray(), file => Assert.Contains(1, file.GetProperty("holders").EnumerateArray().Select(holder => holder.GetProperty("id").GetInt32())));
        Assert.Equal(0, (await network.RunAsync("get", "NODE2/docs/", "--id", "3")).Code);
        Assert.Equal(Tree.Read(network[2].Folder), Tree.Read(network[3].CopiesOf(2)));
    }

    [Fact]
    public async Task A_leader_leaves_and_its_successor_leads_with_its_files()
    {
        var network = Create(1, 2, 3);
        var hash = network[1].Replace("large.bin", 20 << 20, seed: 1);
        network.Start(1, 2, 3);
        await network.LedByAsync(1);

        var left = await network.AskAsync("leave", "--id", "1");

        var leads = await Eventually.HoldsAsync(async () => await network[2].StatusAsync() is { Leader.Value: 2 }, "node 2 leads", TimeSpan.FromSeconds(5));
        Assert.Equal((1, 2, 1), (left.GetProperty("id").GetInt32(), left.GetProperty("custodian").GetInt32(), left.GetProperty("files").GetInt32()));
        Assert.Equal(0, await network[1].Process.ExitAsync(EndsWithin));
        Assert.Equal(hash, Tree.Hash(Path.Combine(network[2].CopiesOf(1), "large.bin")));
        await network.LedByAsync(2);
        Assert.Equal(0, (await network.RunAsync("get", "large.bin", "--id", "3")).Code);
        Assert.Equal(hash, Tree.Hash(Path.Combine(network[3].CopiesOf(1), "large.bin")));
        Say($"Node 2 led {leads.TotalMilliseconds:0} ms after node 1 had left");
    }

    [Fact]
    public async Task A_custodian_that_is_killed_in_the_midst_is_followed_by_the_next_one()
    {
        var network = Create(1, 2, 3);
        var hash = network[2].Replace("large.bin", 30 << 20, seed: 2);
        network[1].Start("--limit-down", "1");
        network.Start(2, 3);
        await network.LedByAsync(1);
        using var leaving = Executable.Start(network.Folder, "leave", "--id", "2", "--json");
        await Eventually.HoldsAsync(() => network[1].Receiving.Any(), "node 1 takes the file over");

        network[1].Kill();

        Assert.Equal(0, await leaving.ExitAsync(Eventually.Deadline));
        Assert.Contains("\"custodian\":3", leaving.Output, StringComparison.Ordinal);
        Assert.Equal(0, await network[2].Process.ExitAsync(EndsWithin));
        Assert.Equal(hash, Tree.Hash(Path.Combine(network[3].CopiesOf(2), "large.bin")));
        await network.LedByAsync(3);
    }

    [Fact]
    public async Task What_changes_while_a_node_leaves_is_handed_over_as_it_is_in_the_end()
    {
        var network = Create(1, 2);
        network[2].Replace("large.bin", 6 << 20, seed: 3);
        network[2].Put("notes.txt", "first");
        network[1].Start("--limit-down", "2");
        network.Start(2);
        await network.LedByAsync(1);
        using var leaving = Executable.Start(network.Folder, "leave", "--id", "2");
        await Eventually.HoldsAsync(() => network[1].Receiving.Any(), "node 1 takes the files over");

        network[2].Put("notes.txt", "second");
        network[2].Put("more/notes.txt", "new");
        network[2].Replace("large.bin", 2 << 20, seed: 4);

        Assert.Equal(0, await leaving.ExitAsync(Eventually.Deadline));
        Assert.Contains("Node 2 has left: 3 files", leaving.Output, StringComparison.Ordinal);
        Assert.Equal(0, await network[2].Process.ExitAsync(EndsWithin));
        Assert.Equal(Tree.Read(network[2].Folder), Tree.Read(network[1].CopiesOf(2)));
    }

    [Fact]
    public async Task Who_is_alone_is_refused_and_goes_on()
    {
        var network = Create(1);
        network.Start(1);
        await network.LedByAsync(1);

        var result = await network.RunAsync("leave");

        Assert.Equal((7, ""), (result.Code, result.Output));
        Assert.Equal("Node 1 is alone: nobody can take its files over; stop it with Ctrl-C, its files stay in its folder.\n", result.Error);
        Assert.NotNull(await network[1].StatusAsync());
    }

    [Fact]
    public async Task Who_cannot_hand_over_in_time_or_is_called_off_goes_on()
    {
        var network = Create(1, 2);
        network[2].Replace("large.bin", 1 << 20, seed: 5);
        network[1].Start("--limit-down", "0.01");
        network.Start(2);
        await network.LedByAsync(1);

        var late = await network.RunAsync("leave", "--id", "2", "--timeout", "1s");

        Assert.Equal(1, late.Code);
        Assert.Contains("Node 2 goes on: after 1 s 1 file is not with node 1 yet", late.Error, StringComparison.Ordinal);

        using var leaving = Executable.Start(network.Folder, "leave", "--id", "2");
        await Eventually.HoldsAsync(() => network[2].Lines.Count(line => line.Text.Contains("Node 2 leaves", StringComparison.Ordinal)) == 2, "it has begun");
        leaving.Send(ProcessSignal.Interrupt);

        Assert.Equal(1, await leaving.ExitAsync(EndsWithin));
        Assert.Contains("Leaving was called off; the node goes on.", leaving.Error, StringComparison.Ordinal);
        await Eventually.HoldsAsync(() => network[2].Lines.Any(line => line.Text.Contains("leaving was called off", StringComparison.Ordinal)), "the node has heard of it");
        Assert.Equal("follower", (await network[2].StatusAsync())?.Role.ToString().ToLower(CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task Leave_can_be_typed_where_the_node_runs()
    {
        var network = Create(1, 2);
        network[2].Put("a.txt", "of two");
        network.Start(1, 2);
        await network.LedByAsync(1);

        network[2].Process.Type("leave");

        Assert.Equal(0, await network[2].Process.ExitAsync(Eventually.Deadline));
        Assert.Contains("Node 2 has left: 1 file (6 B) is with node 1.", network[2].Process.Output, StringComparison.Ordinal);
        Assert.Equal("of two", network[1].Copy(2, "a.txt"));
    }
}
