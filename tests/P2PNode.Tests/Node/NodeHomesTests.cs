using P2PNode.Core;
using P2PNode.Files;
using P2PNode.Node;
using P2PNode.Tests.Files;
using Serilog.Core;

namespace P2PNode.Tests.Node;

public sealed class NodeHomesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string ListFile => _folder[".p2pnode/homes"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_node_is_found_again()
    {
        NodeId first;
        using (var home = await TakeAsync())
            first = home.Id;

        using var again = await TakeAsync();

        Assert.Equal(first, again.Id);
        Assert.Equal([first], Homes().All());
    }

    [Fact]
    public async Task What_another_process_has_taken_is_not_taken_again()
    {
        using var one = await TakeAsync();
        using var two = await TakeAsync();

        Assert.NotEqual(one.Id, two.Id);
        Assert.Equal([one.Id, two.Id], Homes().All());
    }

    [Fact]
    public async Task A_node_that_runs_by_its_ID_is_not_taken()
    {
        NodeId first;
        using (var home = await TakeAsync())
            first = home.Id;
        using var running = NodeFolder.Open(_folder[$"NODE{first}"], Logger.None);

        using var second = await TakeAsync();

        Assert.NotEqual(first, second.Id);
    }

    [Fact]
    public async Task Starts_at_one_time_take_nodes_of_their_own()
    {
        var taken = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(TakeAsync, Stop)));

        Assert.Equal(20, taken.Select(home => home.Id).Distinct().Count());
        Assert.Equal(20, Homes().All().Count);
        Assert.All(taken, home => home.Dispose());
    }

    [Fact]
    public async Task Who_has_joined_comes_first()
    {
        Directory.CreateDirectory(_folder["NODE7"]); // Where it keeps what it has joined with.
        using (var home = await TakeAsync())
            await Homes().PreferAsync(new NodeId(7), TimeProvider.System, Stop);

        using var next = await TakeAsync();

        Assert.Equal(new NodeId(7), next.Id);
    }

    [Fact]
    public async Task A_node_whose_folder_was_moved_is_not_begun_anew_but_named()
    {
        NodeId moved;
        using (var home = await TakeAsync())
            moved = home.Id;
        Directory.Move(_folder[$"NODE{moved}"], _folder["elsewhere"]);

        using (var other = await TakeAsync())
        {
            Assert.NotEqual(moved, other.Id);
            Assert.Equal([KeyValuePair.Create(moved, _folder[$"NODE{moved}"])], other.Gone);
            Assert.Equal([other.Id], Homes().All());
        }

        using var again = await TakeAsync();
        Assert.Empty(again.Gone);
    }

    [Fact]
    public async Task A_node_whose_folder_is_a_link_to_what_is_not_there_now_is_not_forgotten()
    {
        NodeId away;
        using (var home = await TakeAsync())
            away = home.Id;
        Directory.Move(_folder[$"NODE{away}"], _folder["disk"]);
        Directory.CreateSymbolicLink(_folder[$"NODE{away}"], _folder["disk"]);
        Directory.Move(_folder["disk"], _folder["taken out"]);

        using (var other = await TakeAsync())
        {
            Assert.NotEqual(away, other.Id);
            Assert.Empty(other.Gone);
            Assert.Equal([KeyValuePair.Create(away, _folder[$"NODE{away}"])], other.Away);
            Assert.Equal([away, other.Id], Homes().All());
        }

        Directory.Move(_folder["taken out"], _folder["disk"]);
        using var again = await TakeAsync();
        Assert.Equal((away, 0), (again.Id, again.Away.Count));
    }

    [Fact]
    public async Task An_ID_that_somebody_has_is_not_chosen()
    {
        var asked = new List<NodeId>();
        using var home = await Homes().TakeAsync(
            id =>
            {
                asked.Add(id);
                return asked.Count < 4;
            },
            TimeProvider.System,
            Stop);

        Assert.Equal((4, asked[^1]), (asked.Count, home.Id));
    }

    [Fact]
    public async Task The_list_is_for_its_owner_alone()
    {
        using var home = await TakeAsync();

        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(ListFile));
    }

    public static TheoryData<string> Damages => ["", "7", "7 x\n", "0\n", "7 8\ncrc32c:00000000\n"];

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task A_damaged_list_is_written_anew_with_the_only_node_that_is_here(string text)
    {
        NodeId first;
        using (var home = await TakeAsync())
            first = home.Id;
        Directory.CreateDirectory(_folder["SEED-4000/.p2pnode"]);
        Directory.CreateDirectory(_folder["NODE0007/.p2pnode"]);
        _folder.Write(".p2pnode/homes", text);

        var homes = Homes();
        using var again = await homes.TakeAsync(_ => false, TimeProvider.System, Stop);

        Assert.Equal((first, $"{ListFile} is damaged and written anew: node {first} is the only one that has a folder here"), (again.Id, homes.Loss));
        Assert.Equal([first], Homes().All());
        Assert.Equal([first], homes.All());
        Assert.Null(homes.Loss);
    }

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task A_damaged_list_where_no_node_is_begins_one(string text)
    {
        _folder.Write(".p2pnode/homes", text);
        Directory.CreateDirectory(_folder["NODE3/.p2pnode"]);

        var homes = new NodeHomes(_folder.Path, id => _folder[$"NODE{id}"], id => id == new NodeId(3));
        using var home = await homes.TakeAsync(_ => false, TimeProvider.System, Stop);

        Assert.Equal($"{ListFile} is damaged and written anew: no node has a folder here, so that a new one begins", homes.Loss);
        Assert.Equal([home.Id], Homes().All());
    }

    [Fact]
    public async Task A_damaged_list_where_several_nodes_are_asks_for_one_of_them()
    {
        Directory.CreateDirectory(_folder["NODE12/.p2pnode"]);
        Directory.CreateDirectory(_folder["NODE5/.p2pnode"]);
        _folder.Write(".p2pnode/homes", "?\n");

        var refused = await Assert.ThrowsAsync<NodeStartException>(TakeAsync);

        Assert.Equal($"{ListFile} is damaged, and the nodes 5, 12 have folders here; say which one is meant with --id, or move the file away to begin a new one.", refused.Message);
        await Homes().PreferAsync(new NodeId(12), TimeProvider.System, Stop);
        Assert.Equal([new NodeId(12), new NodeId(5)], Homes().All());
    }

    [Fact]
    public void Chosen_IDs_are_spread_over_all_that_there_are()
    {
        var chosen = Enumerable.Range(0, 1000).Select(_ => RandomNodeId.Choose(_ => false)).ToList();

        Assert.True(chosen.Distinct().Count() > 990);
        Assert.InRange(chosen.Count(id => id.Value > int.MaxValue / 2), 350, 650);
    }

    private NodeHomes Homes() => new(_folder.Path, id => _folder[$"NODE{id}"]);

    private Task<NodeHome> TakeAsync() => Homes().TakeAsync(_ => false, TimeProvider.System, Stop);
}
