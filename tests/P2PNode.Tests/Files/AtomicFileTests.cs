using P2PNode.Files;

namespace P2PNode.Tests.Files;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void A_file_is_replaced_whole_and_nothing_stays_beside_it()
    {
        var path = _temporary.Write("epoch", "a longer text than the new one");

        AtomicFile.Write(path, "new"u8);

        Assert.Equal("new", File.ReadAllText(path));
        Assert.Single(Directory.GetFileSystemEntries(_temporary.Path));
    }

    [Fact]
    public void What_an_interrupted_write_left_does_not_stand_in_the_way()
    {
        _temporary.Write("epoch.new", "half a writ");

        AtomicFile.Write(_temporary["epoch"], "new"u8);

        Assert.Equal("new", File.ReadAllText(_temporary["epoch"]));
    }
}
