using P2PNode.Files;

namespace P2PNode.Tests.Files;

public sealed class WatchedFoldersTests
{
    private readonly WatchedFolders _folders = new();

    public WatchedFoldersTests()
    {
        Assert.Empty(_folders.Put(1, ""));
        Assert.Empty(_folders.Put(2, "a"));
        Assert.Empty(_folders.Put(3, "a/b"));
        Assert.Empty(_folders.Put(4, "a/b/c"));
        Assert.Empty(_folders.Put(5, "ab"));
    }

    [Fact]
    public void A_folder_that_goes_takes_all_below_it_along()
    {
        Assert.Equal([2, 3, 4], _folders.Remove("a").Order());

        Assert.Equal([null, null, null, "ab", ""], new[] { 2, 3, 4, 5, 1 }.Select(_folders.PathOf));
        Assert.Equal(2, _folders.Count);
        Assert.Empty(_folders.Remove("a"));
    }

    [Fact]
    public void A_number_that_comes_with_another_path_brings_all_below_it_there()
    {
        Assert.Empty(_folders.Put(3, "ab/moved"));

        Assert.Equal(["a", "ab/moved", "ab/moved/c"], new[] { 2, 3, 4 }.Select(_folders.PathOf));
        Assert.Equal([3, 4, 5], _folders.Remove(5).Order());
    }

    [Fact]
    public void What_is_in_the_place_of_another_ends_it_with_all_below_it()
    {
        Assert.Equal([3, 4], _folders.Put(5, "a/b").Order());

        Assert.Equal(["a/b", null, null], new[] { 5, 3, 4 }.Select(_folders.PathOf));
        Assert.Empty(_folders.Remove("ab"));
    }

    [Fact]
    public void A_folder_can_come_to_lie_below_its_own_old_place()
    {
        Assert.Empty(_folders.Put(2, "a/x"));

        Assert.Equal(["a/x", "a/x/b", "a/x/b/c"], new[] { 2, 3, 4 }.Select(_folders.PathOf));
        Assert.Equal([2, 3, 4], _folders.Remove("a").Order());
    }

    [Fact]
    public void A_folder_can_take_the_place_of_the_one_that_it_lay_in()
    {
        Assert.Equal([2], _folders.Put(3, "a"));

        Assert.Equal(["a", "a/c"], new[] { 3, 4 }.Select(_folders.PathOf));
    }

    [Fact]
    public void The_root_stays_where_it_is_when_it_is_put_again()
    {
        Assert.Empty(_folders.Put(1, ""));

        Assert.Equal(["", "a/b"], new[] { 1, 3 }.Select(_folders.PathOf));
    }
}
