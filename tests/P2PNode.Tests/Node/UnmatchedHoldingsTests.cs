using P2PNode.Core;
using P2PNode.Node;

namespace P2PNode.Tests.Node;

public sealed class UnmatchedHoldingsTests
{
    private static readonly NodeId Owner = new(2);
    private static readonly NodeId Three = new(3);
    private static readonly NodeId Four = new(4);
    private static readonly ContentRoot Root = ContentHasher.Of("x"u8);

    /// <summary>Room for three paths of one letter, two of one holder.</summary>
    private readonly UnmatchedHoldings _holdings = new(mostBytes: 620, mostBytesOfOne: 420);

    [Fact]
    public void One_holder_is_believed_so_much_and_all_together_not_much_more()
    {
        Assert.True(Add(Three, "a"));
        Assert.True(Add(Three, "a")); // Said twice.
        Assert.True(Add(Three, "b"));
        Assert.False(Add(Three, "c"));
        Assert.False(_holdings.TryAdd(Three, new NodeId(9), At("a"), Root)); // Whoever owns it.
        Assert.True(Add(Four, "a"));
        Assert.False(Add(Four, "b"));
    }

    [Fact]
    public void What_is_listed_now_is_told_with_all_its_holders_and_makes_room()
    {
        Add(Three, "a");
        Add(Three, "b");
        Add(Four, "a");

        Assert.Empty(_holdings.Take(Owner, At("a"), root: default)); // Of another content.
        Assert.Equal([Three, Four], _holdings.Take(Owner, At("a"), Root).Order());
        Assert.Empty(_holdings.Take(Owner, At("a"), Root));
        Assert.True(Add(Three, "c"));
        Assert.True(Add(Four, "c"));
    }

    [Fact]
    public void The_last_that_a_holder_said_of_a_path_counts()
    {
        Add(Three, "a");
        _holdings.TryAdd(Three, Owner, At("a"), default);

        Assert.Empty(_holdings.Take(Owner, At("a"), Root));
        Assert.Equal([Three], _holdings.Take(Owner, At("a"), default));
    }

    [Fact]
    public void What_is_gone_makes_room()
    {
        Add(Three, "a");
        Add(Three, "b");

        _holdings.Remove(Three, Owner, At("a"));
        Assert.Empty(_holdings.Take(Owner, At("a"), Root));
        Assert.True(Add(Three, "c"));
        Assert.False(Add(Three, "d"));
        _holdings.RemoveAll(Three);
        Assert.True(Add(Three, "d"));
        Assert.True(Add(Three, "e"));
    }

    /// <summary>Under the catalogue's lock: to look through all for each would take a minute here.</summary>
    [Fact]
    public void Removing_costs_the_same_however_much_is_held()
    {
        var holdings = new UnmatchedHoldings();
        var paths = Enumerable.Range(0, 100_000).Select(number => At($"{number}")).ToList();
        Assert.All(paths, path => Assert.True(holdings.TryAdd(Three, Owner, path, Root)));
        var started = TimeProvider.System.GetTimestamp();

        foreach (var path in paths)
            holdings.Remove(Three, Owner, path);

        Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    private bool Add(NodeId holder, string path) => _holdings.TryAdd(holder, Owner, At(path), Root);

    private static FilePath At(string path) => FilePath.Parse(path);
}
