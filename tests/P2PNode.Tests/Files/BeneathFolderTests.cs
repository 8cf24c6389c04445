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
}
