using P2PNode.Core;
using P2PNode.Node;

namespace P2PNode.Tests.Node;

public sealed class UnmatchedHoldingsTests
{
    private static readonly NodeId Two = new(2);
    private static readonly NodeId Three = new(3);

    private readonly UnmatchedHoldings _holdings = new(mostOfOne: 3);

    [Fact]
    public void One_holder_is_believed_so_much_and_no_more_whoever_owns_it()
    {
        Assert.True(_holdings.TryAdd(Two, Of("a")));
        Assert.True(_holdings.TryAdd(Two, Of("a"))); // Said twice.
        Assert.True(_holdings.TryAdd(new NodeId(4), Of("a")));
        Assert.True(_holdings.TryAdd(new NodeId(5), Of("a")));
        Assert.False(_holdings.TryAdd(new NodeId(6), Of("a")));
        Assert.True(_holdings.TryAdd(Two, Of("a") with { Holder = Two }));
    }

    [Fact]
    public void What_is_matched_or_forgotten_makes_room()
    {
        foreach (var name in new[] { "a", "b", "c" })
            Assert.True(_holdings.TryAdd(Two, Of(name)));

        _holdings.Remove(Two, holding => holding.Path.Value == "b");
        Assert.True(_holdings.TryAdd(Two, Of("d")));
        Assert.False(_holdings.TryAdd(Two, Of("e")));

        _holdings.RemoveAll(Three);
        Assert.True(_holdings.TryAdd(Two, Of("e")));
    }

    private static UnmatchedHolding Of(string path) => new(Three, FilePath.Parse(path), default);
}
