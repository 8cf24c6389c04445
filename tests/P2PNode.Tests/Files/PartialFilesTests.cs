using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Files;

namespace P2PNode.Tests.Files;

/// <summary>Large files that several downloads of one node receive.</summary>
public sealed class PartialFilesTests : IDisposable
{
    private static readonly NodeId Two = new(2);
    private static readonly FileEntry Large = StoreUnderTest.Entry("large", "content");

    private readonly StoreUnderTest _test = new();

    public void Dispose() => _test.Dispose();

    [Fact]
    public void A_file_is_received_by_one_at_a_time()
    {
        using (_test.Store.ReceivePieces(Two, Large))
            Assert.Equal("it is on its way already, for another request", Assert.Throws<CopyException>(() => _test.Store.ReceivePieces(Two, Large)).Message);

        using var next = _test.Store.ReceivePieces(Two, Large);
        Assert.True(next.IsResumed);
    }

    [Fact]
    public async Task A_file_that_one_has_put_in_place_is_not_taken_from_another_who_receives_it()
    {
        using var first = Whole();
        Assert.Empty(await _test.Store.CommitAsync([first]));
        using var second = Whole();

        _test.Store.ForgetPartial(Two, [Large.Path]);

        Assert.Empty(await _test.Store.CommitAsync([second]));
        Assert.Equal("content", _test.Content(Two, "large"));
    }

    [Fact]
    public void What_nobody_will_come_back_to_is_deleted_once_it_is_received_no_more()
    {
        var copy = _test.Store.ReceivePieces(Two, Large);
        _test.Store.ForgetPartial(Two, [Large.Path]);
        Assert.Single(Directory.GetFiles(_test.Folder.Partial));

        copy.Dispose();

        Assert.Empty(Directory.GetFiles(_test.Folder.Partial));
    }

    private IncomingCopy Whole()
    {
        var copy = _test.Store.ReceivePieces(Two, Large);
        copy.Write(0, "content"u8);
        copy.Finish(piecesVerified: true);
        return copy;
    }
}
