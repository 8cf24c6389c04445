using P2PNode.Core.Catalogue;
using static P2PNode.Tests.Catalogue.Sample;

namespace P2PNode.Tests.Catalogue;

public class EntrySetTests
{
    [Fact]
    public void A_full_set_takes_changes_but_no_further_path()
    {
        var set = new EntrySet(maxEntries: 2);
        set.Put(File("a", 1));
        set.Put(File("b", 2));

        Assert.Equal("the list would exceed 2 entries", set.RefusalOf(File("c", 3)));
        Assert.Null(set.RefusalOf(File("a", 3, content: 2)));
        Assert.Null(set.RefusalOf(File("a", 3) with { Kind = EntryKind.EmptyFolder }));
        Assert.Equal("the list would exceed 2 entries", set.Load([File("c", 3)], lastSeq: 3));
    }

    [Fact]
    public void The_paths_of_a_set_have_so_many_bytes_together_and_no_more()
    {
        var set = new EntrySet(maxPathBytes: 10);
        set.Put(File("abc", 1));
        set.Put(File("äöü", 2));

        Assert.Equal("the paths of the list would exceed 10 bytes", set.RefusalOf(File("ab", 3)));
        Assert.Null(set.RefusalOf(File("a", 3)));
        Assert.Null(set.RefusalOf(File("abc", 3, content: 2)));
        set.Put(File("abc", 3, content: 2));
        set.Remove(At("äöü"));
        Assert.Equal(3, set.PathBytes);
        Assert.Null(set.RefusalOf(File("1234567", 4)));
    }

    [Fact]
    public void A_file_above_is_found_past_neighbours_of_other_folders()
    {
        var set = new EntrySet();
        set.Put(File("a", 1));
        set.Put(File("a!", 2));

        Assert.Equal([File("a", 1)], set.InTheWayOf(At("a/b/c"), EntryKind.File));
        Assert.Equal([File("a", 1)], set.InTheWayOf(At("a/b"), EntryKind.EmptyFolder));
        Assert.Empty(set.InTheWayOf(At("a!b"), EntryKind.File));
        Assert.Empty(set.InTheWayOf(At("aa/b"), EntryKind.File));
    }
}
