using System.Text;
using P2PNode.Core;
using P2PNode.Core.Catalogue;

namespace P2PNode.Tests.Files;

/// <summary>A folder of copies is swapped for a link to a folder outside, again and again, while the store is at work in it.</summary>
public sealed class LinkSwapTests : IDisposable
{
    private const int Rounds = 200;

    private static readonly NodeId Two = new(2);

    private readonly StoreUnderTest _test = new();
    private readonly string _outside;

    public LinkSwapTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere nothing is swapped in one step.");
        _outside = _test.Outside("outside");
    }

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task Copies_never_come_to_lie_outside()
    {
        var placed = 0;
        using (new LinkSwapper(_test.Folder.PeerFolder(Two), "sub", _outside))
        {
            for (var round = 0; round < Rounds || placed == 0; round++)
                placed += await KeepAsync([.. Enumerable.Range(0, 8).Select(number => $"sub/{round}/{number}")]);
        }

        Assert.Empty(Directory.GetFileSystemEntries(_outside));
    }

    [Fact]
    public void Folders_are_never_made_outside()
    {
        using (new LinkSwapper(_test.Folder.PeerFolder(Two), "sub", _outside))
        {
            for (var round = 0; round < Rounds * 8; round++)
                Attempt(() => _test.Store.EnsureFolder(Two, Folder($"sub/{round}/deep")));
        }

        Assert.Empty(Directory.GetFileSystemEntries(_outside));
    }

    [Fact]
    public async Task What_lies_outside_is_neither_deleted_nor_moved_nor_served()
    {
        var mine = Path.Combine(_outside, "a");
        await File.WriteAllTextAsync(mine, "mine", TestContext.Current.CancellationToken);
        var path = FilePath.Parse("sub/a");
        using (new LinkSwapper(_test.Folder.PeerFolder(Two), "sub", _outside))
        {
            for (var round = 0; round < Rounds * 4; round++)
            {
                await KeepAsync(["sub/a"]);
                Assert.NotEqual("mine", Served(path));
                if (round % 2 == 0)
                    _test.Store.Discard(Two, [path]);
                else
                    _test.Store.Remove(Two, [path]);
                Assert.True(File.Exists(mine), $"It was gone in round {round}.");
            }
        }

        Assert.Equal("mine", await File.ReadAllTextAsync(mine, TestContext.Current.CancellationToken));
    }

    /// <summary>Commits small files together.</summary>
    /// <returns>How many came to their places.</returns>
    private async Task<int> KeepAsync(string[] paths)
    {
        var copies = paths.Select(path => _test.Store.WriteSmall(Two, StoreUnderTest.Entry(path, path), Encoding.UTF8.GetBytes(path))).ToList();
        return copies.Count - (await _test.Store.CommitAsync(copies)).Count;
    }

    private string? Served(FilePath path)
    {
        try
        {
            using var file = _test.Store.OpenCopy(Two, path);
            if (file is null)
                return null;
            Span<byte> bytes = stackalloc byte[16];
            return Encoding.UTF8.GetString(bytes[..RandomAccess.Read(file.Handle, bytes, 0)]);
        }
        catch (IOException)
        {
            return null; // It vanished just now.
        }
    }

    private static void Attempt(Action action)
    {
        try
        {
            action();
        }
        catch (IOException)
        {
            // That it fails while the link is there is right.
        }
    }

    private static FileEntry Folder(string path) => new() { Path = FilePath.Parse(path), Kind = EntryKind.EmptyFolder, Seq = 1 };
}
