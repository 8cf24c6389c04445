using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Node;
using P2PNode.Tests.Files;
using static P2PNode.Tests.Catalogue.Sample;

namespace P2PNode.Tests.Node;

public sealed class CopiesInPassingTests : IDisposable
{
    private static readonly FileEntry Entry = StoreUnderTest.Entry("docs/a", "content");

    private readonly StoreUnderTest _test = new();
    private readonly CopiesInPassing _copies;
    private readonly List<FilePath> _lost = [];

    public CopiesInPassingTests()
    {
        _copies = new CopiesInPassing(_test.Store);
        _test.Store.Lost += (_, paths) => _lost.AddRange(paths);
    }

    private bool IsHere => _test.Store.Find(Two, Entry.Path) is not null && Path.Exists(_test.Folder.CopyPath(Two, Entry.Path));

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task The_last_fetch_that_uses_a_copy_discards_it_and_that_is_told()
    {
        Enter(stays: false);
        await ComesAsync(isInPassing: true);
        Enter(stays: false);

        Assert.Empty(Leave());
        Assert.True(IsHere);
        Assert.Empty(Leave());
        Assert.False(IsHere);
        Assert.Equal([Entry.Path], _lost);
    }

    [Fact]
    public async Task A_copy_that_another_fetch_wants_to_stay_stays()
    {
        Enter(stays: false);
        await ComesAsync(isInPassing: true);
        Enter(stays: true);

        Leave();
        Leave();

        Assert.True(IsHere);
        Assert.Empty(_lost);
    }

    [Fact]
    public async Task A_copy_stays_that_comes_while_somebody_wants_it_to()
    {
        Enter(stays: true);
        Enter(stays: false);
        await ComesAsync(isInPassing: false);

        Leave();
        Leave();

        Assert.True(IsHere);
    }

    [Fact]
    public async Task A_node_that_keeps_copies_by_now_keeps_this_one_and_is_told_so()
    {
        Enter(stays: false);
        await ComesAsync(isInPassing: true);

        Assert.Equal([Entry], Leave(keepsCopies: true));
        Assert.True(IsHere);
    }

    [Fact]
    public async Task Where_there_was_a_copy_before_there_is_one_after()
    {
        await _test.KeepAsync(Two, StoreUnderTest.Entry("docs/a", "older"), "older");
        Enter(stays: false);
        await ComesAsync(isInPassing: false);

        Leave();

        Assert.True(IsHere);
    }

    [Fact]
    public async Task The_next_fetch_begins_anew()
    {
        Enter(stays: true);
        Leave();
        Enter(stays: false);
        await ComesAsync(isInPassing: true);

        Leave();

        Assert.False(IsHere);
    }

    private void Enter(bool stays) => _copies.Enter(Two, Entry.Path, stays);

    private IReadOnlyList<FileEntry> Leave(bool keepsCopies = false) => _copies.Leave(Two, [Entry.Path], () => keepsCopies);

    private async Task ComesAsync(bool isInPassing)
    {
        Assert.Empty(await _test.KeepAsync(Two, Entry, "content"));
        Assert.Equal(isInPassing, _copies.Came(Two, Entry.Path));
    }
}
