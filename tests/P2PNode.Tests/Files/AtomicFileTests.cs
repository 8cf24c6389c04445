using System.Runtime.Versioning;
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
    public void No_link_in_the_place_of_a_file_leads_a_write_elsewhere()
    {
        var theirs = _temporary.Write("theirs", "not ours");
        File.CreateSymbolicLink(_temporary["epoch.new"], theirs);
        File.CreateSymbolicLink(_temporary["epoch"], theirs);
        File.CreateSymbolicLink(_temporary["made.new"], theirs);

        AtomicFile.Write(_temporary["epoch"], "new"u8);
        AtomicFile.Write(_temporary["made"], _temporary["made.new"], stream => stream.Write("new"u8));

        Assert.Equal("not ours", File.ReadAllText(theirs));
        Assert.Equal(("new", "new"), (File.ReadAllText(_temporary["epoch"]), File.ReadAllText(_temporary["made"])));
        Assert.Null(new FileInfo(_temporary["epoch"]).LinkTarget);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void Files_of_the_program_are_for_their_owner_alone()
    {
        AtomicFile.Write(_temporary["peer_files.log"], _temporary["new"], stream => stream.Write("names of all files"u8));

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_temporary["peer_files.log"]));
    }

    [Fact]
    public void What_an_interrupted_write_left_does_not_stand_in_the_way()
    {
        _temporary.Write("epoch.new", "half a writ");

        AtomicFile.Write(_temporary["epoch"], "new"u8);

        Assert.Equal("new", File.ReadAllText(_temporary["epoch"]));
    }
}
