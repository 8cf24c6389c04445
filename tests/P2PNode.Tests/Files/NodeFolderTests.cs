using P2PNode.Core;
using P2PNode.Files;
using Serilog.Core;

namespace P2PNode.Tests.Files;

public sealed class NodeFolderTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void A_folder_that_does_not_exist_is_created_with_all_that_a_node_needs()
    {
        using var folder = Open();

        Assert.True(folder is { IsFirstStart: true, IsMarked: true });
        Assert.All([folder.State, folder.Temporary, folder.Trash, folder.Peers], path => Assert.True(Directory.Exists(path)));
        Assert.Equal(Path.Combine(folder.Root, "peers", "NODE2", "a", "b.txt"), folder.CopyPath(new NodeId(2), FilePath.Parse("a/b.txt")));
    }

    [Fact]
    public void Nobody_but_the_owner_may_look_into_the_state()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no file modes.");
            return;
        }

        using var folder = Open();

        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder.State));
    }

    [Fact]
    public void A_second_process_is_told_in_one_sentence_that_the_folder_is_in_use()
    {
        using var first = Open();

        var refusal = Assert.Throws<FolderInUseException>(Open);

        Assert.Contains(first.Root, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_link_in_the_place_of_the_lock_has_a_file_made_elsewhere()
    {
        Open().Dispose();
        var path = _temporary["NODE1/.p2pnode/lock"];
        File.Delete(path);
        File.CreateSymbolicLink(path, _temporary["elsewhere"]);

        var e = Assert.Throws<IOException>(Open);

        Assert.Equal($"{path} is a symbolic link, where a file should be; move it away.", e.Message);
        Assert.False(File.Exists(_temporary["elsewhere"]));
    }

    [Fact]
    public void A_closed_folder_can_be_opened_again()
    {
        Open().Dispose();
        Open().Dispose();
    }

    [Fact]
    public void A_path_that_is_a_file_is_refused()
    {
        var path = _temporary.Write("NODE1", "no folder");

        Assert.Contains("is a file", Assert.Throws<IOException>(Open).Message, StringComparison.Ordinal);
        Assert.Equal("no folder", File.ReadAllText(path));
    }

    [Fact]
    public void What_was_half_received_is_cleared_and_nothing_else()
    {
        using (var before = Open())
        {
            File.WriteAllText(Path.Combine(before.Temporary, "17"), "half");
            File.WriteAllText(Path.Combine(before.Trash, "kept"), "kept");
            File.WriteAllText(Path.Combine(before.Root, "own"), "own");
        }

        using var folder = Open();

        Assert.Empty(Directory.GetFileSystemEntries(folder.Temporary));
        Assert.True(File.Exists(Path.Combine(folder.Trash, "kept")));
        Assert.True(File.Exists(Path.Combine(folder.Root, "own")));
    }

    [Fact]
    public void A_missing_marker_beside_state_is_noticed_and_not_mended_by_itself()
    {
        using (var before = Open())
        {
            File.WriteAllText(before.ListingLog, "state");
            File.Delete(Path.Combine(before.State, "marker"));
        }

        using var folder = Open();
        Assert.True(folder is { IsFirstStart: false, IsMarked: false });

        folder.Mark();
        Assert.True(folder.IsMarked);
    }

    [Fact]
    public void Keys_that_were_made_before_the_first_start_do_not_count_as_state()
    {
        _temporary.Write("NODE1/.p2pnode/node.pem", "a key");

        using var folder = Open();

        Assert.True(folder is { IsFirstStart: true, IsMarked: true });
    }

    private NodeFolder Open() => NodeFolder.Open(_temporary["NODE1"], Logger.None);
}
