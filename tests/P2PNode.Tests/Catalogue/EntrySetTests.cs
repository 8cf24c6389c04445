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
