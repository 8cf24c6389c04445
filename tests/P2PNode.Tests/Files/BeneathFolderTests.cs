using P2PNode.Files;

namespace P2PNode.Tests.Files;

public sealed class BeneathFolderTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();
    private readonly BeneathFolder _folder;

    public BeneathFolderTests()
    {
        _temporary.Write("outside/secret", "secret");
        _temporary.Write("root/a/file", "content");
        _folder = new BeneathFolder(_temporary["root"]);
    }

    public void Dispose()
    {
        _folder.Dispose();
        _temporary.Dispose();
    }

    [Fact]
    public void A_file_is_opened_together_with_its_stamp()
    {
        using var file = _folder.OpenRead("a/file");

        Assert.Equal(7, file.Stamp.Size);
        Assert.Equal(file.Stamp, _folder.StatusOf("a/file").Stamp);
        Assert.Equal(File.GetLastWriteTimeUtc(_temporary["root/a/file"]).Ticks, file.Stamp.MtimeTicks);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("none")]
    [InlineData("a/file/below")]
    [InlineData("link")]
    [InlineData("linked/secret")]
    [InlineData("a/back/file")]
    public void What_is_no_file_or_lies_behind_a_link_is_not_there(string path)
    {
        File.CreateSymbolicLink(_temporary["root/link"], _temporary["root/a/file"]);
        Directory.CreateSymbolicLink(_temporary["root/linked"], _temporary["outside"]);
        Directory.CreateSymbolicLink(_temporary["root/a/back"], ".");

        Assert.Throws<FileNotFoundException>(() => _folder.OpenRead(path));
    }

    [Fact]
    public void A_status_says_what_is_at_a_path_and_passes_no_link()
    {
        Directory.CreateSymbolicLink(_temporary["root/linked"], _temporary["outside"]);

        Assert.Equal(FileKind.File, _folder.StatusOf("a/file").Kind);
        Assert.Equal(FileKind.Folder, _folder.StatusOf("a").Kind);
        Assert.Equal(FileKind.SymbolicLink, _folder.StatusOf("linked").Kind);
        Assert.Equal(FileKind.Missing, _folder.StatusOf("linked/secret").Kind);
        Assert.Equal(FileKind.Missing, _folder.StatusOf("none").Kind);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void No_change_passes_a_link(bool isPortable)
    {
        Directory.CreateSymbolicLink(_temporary["root/linked"], _temporary["outside"]);
        File.CreateSymbolicLink(_temporary["root/link"], _temporary["outside/secret"]);
        using var folder = new BeneathFolder(_temporary["root"], isPortable || !OperatingSystem.IsLinux());

        Assert.ThrowsAny<IOException>(() => folder.Create("linked/new").Dispose());
        Assert.ThrowsAny<IOException>(() => folder.Create("link").Dispose());
        Assert.Null(folder.OpenAlone("linked/secret"));
        Assert.ThrowsAny<IOException>(() => folder.OpenAlone("link"));
        Assert.ThrowsAny<IOException>(() => folder.TryRenameNew("a/file", "linked/new"));
        Assert.ThrowsAny<IOException>(() => folder.TryRenameNew("linked/secret", "new"));
        Assert.ThrowsAny<IOException>(() => folder.Rename("a/file", "linked/secret"));
        Assert.ThrowsAny<IOException>(() => folder.MakeFolder("linked/new"));
        Assert.ThrowsAny<IOException>(() => folder.MakeFolders("linked/new/deep"));
        Assert.ThrowsAny<IOException>(() => folder.Delete("linked/secret"));
        Assert.ThrowsAny<IOException>(() => folder.DeleteFolder("linked"));
        Assert.ThrowsAny<IOException>(() => folder.DeleteTree("linked/deep"));
        Assert.ThrowsAny<IOException>(() => folder.SyncFile("linked/secret"));

        Assert.Equal(["secret"], Directory.GetFileSystemEntries(_temporary["outside"]).Select(path => Path.GetFileName(path)!));
        Assert.Equal("secret", File.ReadAllText(_temporary["outside/secret"]));
        Assert.Equal("content", File.ReadAllText(_temporary["root/a/file"]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Many_moves_end_where_they_are_meant_to_and_pass_no_link(bool isPortable)
    {
        Directory.CreateSymbolicLink(_temporary["root/linked"], _temporary["outside"]);
        using var folder = new BeneathFolder(_temporary["root"], isPortable || !OperatingSystem.IsLinux());
        folder.MakeFolders("tmp");
        folder.MakeFolders("b/c");
        for (var i = 0; i < 6; i++)
            folder.Create($"tmp/{i}").Dispose();
        using var moves = new BeneathMoves(folder);

        Assert.True(moves.TryRenameNew("tmp/0", "b/0"));
        Assert.Equal(FileKind.File, moves.StatusOf("b/0").Kind);
        Assert.True(moves.TryRenameNew("tmp/1", "b/1"));
        Assert.False(moves.TryRenameNew("tmp/2", "b/1"));
        Assert.True(moves.TryRenameNew("tmp/2", "b/c/2"));
        Assert.Equal((FileKind.File, FileKind.Missing), (moves.StatusOf("b/c/2").Kind, moves.StatusOf("b/2").Kind));
        Assert.ThrowsAny<IOException>(() => moves.TryRenameNew("tmp/3", "linked/3"));
        Assert.ThrowsAny<IOException>(() => moves.TryRenameNew("tmp/3", "missing/3"));
        Assert.True(moves.TryRenameNew("tmp/3", "top"));
        Assert.ThrowsAny<IOException>(() => moves.TryRenameNew("tmp/3", "b/3"));
        Assert.True(moves.TryRenameNew("tmp/4", "b/4"));

        Assert.Equal(["5"], Directory.GetFiles(_temporary["root/tmp"]).Select(path => Path.GetFileName(path)!));
        Assert.Equal(["0", "1", "4"], Directory.GetFiles(_temporary["root/b"]).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal));
        Assert.Equal(["secret"], Directory.GetFileSystemEntries(_temporary["outside"]).Select(path => Path.GetFileName(path)!));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Files_and_folders_are_made_renamed_and_deleted(bool isPortable)
    {
        using var folder = new BeneathFolder(_temporary["root"], isPortable || !OperatingSystem.IsLinux());

        folder.MakeFolders("b/c");
        using (var file = folder.Create("b/c/new", room: 4096))
            RandomAccess.Write(file, "new"u8, 0);
        folder.SyncFile("b/c/new");
        folder.SyncFolder("b/c");
        folder.SyncFolder("");
        Assert.ThrowsAny<IOException>(() => folder.Create("b/c/new").Dispose());
        Assert.False(folder.TryRenameNew("b/c/new", "a/file"));
        Assert.True(folder.TryRenameNew("b/c/new", "b/kept"));
        Assert.ThrowsAny<IOException>(() => folder.DeleteFolder("b"));
        folder.DeleteFolder("b/c");
        folder.Rename("b/kept", "a/file");
        Assert.StartsWith("new", File.ReadAllText(_temporary["root/a/file"]), StringComparison.Ordinal);
        folder.Delete("a/file");
        folder.Delete("a/file");
        Assert.Null(folder.OpenAlone("a/file"));
        Assert.Empty(Directory.GetFileSystemEntries(_temporary["root/a"]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_tree_is_deleted_and_what_links_in_it_lead_to_is_not(bool isPortable)
    {
        Directory.CreateSymbolicLink(_temporary["root/a/linked"], _temporary["outside"]);
        _temporary.Write("root/a/b/c/file", "content");
        using var folder = new BeneathFolder(_temporary["root"], isPortable || !OperatingSystem.IsLinux());

        folder.DeleteTree("a");

        Assert.Empty(Directory.GetFileSystemEntries(_temporary["root"]));
        Assert.True(File.Exists(_temporary["outside/secret"]));
    }

    [Fact]
    public void A_file_is_open_alone_for_one_at_a_time()
    {
        using (_folder.OpenAlone("a/file"))
            Assert.ThrowsAny<IOException>(() => _folder.OpenAlone("a/file"));

        using var again = _folder.OpenAlone("a/file");
        Assert.NotNull(again);
    }
}
