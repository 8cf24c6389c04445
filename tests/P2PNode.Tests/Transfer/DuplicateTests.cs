using System.Security.Cryptography;
using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Tests.Files;
using P2PNode.Tests.Testing;

namespace P2PNode.Tests.Transfer;

/// <summary>Files whose content lies here already do not travel.</summary>
public sealed class DuplicateTests : IAsyncDisposable
{
    private static readonly NodeId Other = new(7);

    private readonly StoreUnderTest _store = new();
    private readonly HolderUnderTest _owner = new(2);

    public async ValueTask DisposeAsync()
    {
        await _owner.DisposeAsync();
        _store.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(600_000)]
    [InlineData((9 << 20) + 1)]
    public async Task A_file_that_lies_here_under_another_name_is_copied(int size)
    {
        var old = await KeepAsync(DownloadUnderTest.Owner, "old", RandomNumberGenerator.GetBytes(size));
        await using var test = new DownloadUnderTest(_store, _owner);

        var entry = Named(old, "new/name");
        test.Download.Add(entry);
        await Eventually.HoldsAsync(() => test.Stored.Contains(entry), "it is stored");

        Assert.Equal(entry.Root, ContentHasher.Of(test.Content(entry)));
        Assert.Equal(entry.MtimeTicks, File.GetLastWriteTimeUtc(_store.Folder.CopyPath(DownloadUnderTest.Owner, entry.Path)).Ticks);
        Assert.Equal(0, _owner.Files.Opened);
        Assert.Equal((0, 0L), (test.Download.Pending.Files, test.Download.Pending.Bytes));
    }

    [Fact]
    public async Task A_file_of_another_owner_serves_as_well()
    {
        var theirs = await KeepAsync(Other, "theirs", RandomNumberGenerator.GetBytes(1000));
        await using var test = new DownloadUnderTest(_store, _owner);

        test.Download.Add(Named(theirs, "mine"));
        await Eventually.HoldsAsync(() => test.Stored.Count == 1, "it is stored");

        Assert.Equal(0, _owner.Files.Opened);
        Assert.NotNull(_store.Store.Find(Other, theirs.Path));
    }

    [Fact]
    public async Task What_went_to_the_trash_is_made_use_of()
    {
        var old = await KeepAsync(DownloadUnderTest.Owner, "old", RandomNumberGenerator.GetBytes(1000));
        _store.Store.Remove(DownloadUnderTest.Owner, [old.Path]);
        await using var test = new DownloadUnderTest(_store, _owner);

        test.Download.Add(Named(old, "new"));
        await Eventually.HoldsAsync(() => test.Stored.Count == 1, "it is stored");

        Assert.Equal(0, _owner.Files.Opened);
        Assert.Single(_store.Trashed());
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(9 << 20)]
    public async Task What_the_disk_gives_back_is_not_believed(int size)
    {
        var entry = _owner.Write("new", RandomNumberGenerator.GetBytes(size));
        await KeepAsync(DownloadUnderTest.Owner, "old", File.ReadAllBytes(_owner.Root + "/new"));
        _store.Store.Remove(DownloadUnderTest.Owner, [FilePath.Parse("old")]);
        var trashed = Assert.Single(Directory.GetFiles(_store.Folder.Trash, "*", SearchOption.AllDirectories));
        File.WriteAllBytes(trashed, RandomNumberGenerator.GetBytes(size));
        await using var test = new DownloadUnderTest(_store, _owner);

        test.Download.Add(entry);
        await Eventually.HoldsAsync(() => test.Stored.Count == 1, "it is stored");

        Assert.Equal(entry.Root, ContentHasher.Of(test.Content(entry)));
        Assert.NotEqual(0, _owner.Files.Opened);
        Assert.Empty(test.Failed);
    }

    [Fact]
    public async Task What_was_deleted_from_the_trash_is_fetched()
    {
        var entry = _owner.Write("new", RandomNumberGenerator.GetBytes(1000));
        await KeepAsync(DownloadUnderTest.Owner, "old", File.ReadAllBytes(_owner.Root + "/new"));
        _store.Store.Remove(DownloadUnderTest.Owner, [FilePath.Parse("old")]);
        Directory.Delete(_store.Folder.Trash, recursive: true);
        await using var test = new DownloadUnderTest(_store, _owner);

        test.Download.Add(entry);

        await Eventually.HoldsAsync(() => test.Stored.Count == 1, "it is stored");
    }

    private async Task<FileEntry> KeepAsync(NodeId owner, string path, byte[] content)
    {
        var entry = new FileEntry
        {
            Path = FilePath.Parse(path),
            Kind = EntryKind.File,
            Size = content.Length,
            MtimeTicks = DateTime.UnixEpoch.Ticks,
            Root = ContentHasher.Of(content),
            Seq = 1,
        };
        Assert.Empty(await _store.Store.CommitAsync([_store.Store.WriteSmall(owner, entry, content)]));
        return entry;
    }

    private static FileEntry Named(FileEntry entry, string path) => entry with { Path = FilePath.Parse(path), MtimeTicks = entry.MtimeTicks + 10_000_000 };
}
