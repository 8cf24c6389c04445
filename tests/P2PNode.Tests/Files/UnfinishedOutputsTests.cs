using P2PNode.Files;
using Serilog.Core;

namespace P2PNode.Tests.Files;

public sealed class UnfinishedOutputsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly UnfinishedOutputs _unfinished;

    public UnfinishedOutputsTests()
    {
        Directory.CreateDirectory(_folder["notes"]);
        _unfinished = new UnfinishedOutputs(_folder["notes"]);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_a_killed_node_was_writing_elsewhere_goes_when_it_starts_again()
    {
        string left;
        using (var killed = NodeFolder.Open(_folder["NODE1"], Logger.None))
        {
            left = _folder.Write($"out/{UnfinishedOutputs.NewName()}", "half");
            killed.UnfinishedOutputs.Note(left);
        }

        NodeFolder.Open(_folder["NODE1"], Logger.None).Dispose();

        Assert.False(File.Exists(left));
        Assert.Empty(Directory.GetFiles(_folder["NODE1/.p2pnode/outputs"]));
    }

    [Fact]
    public void Nothing_is_left_behind_by_a_file_that_was_finished()
    {
        var path = _folder[$"out/{UnfinishedOutputs.NewName()}"];

        _unfinished.Note(path).Dispose();

        Assert.Empty(Directory.GetFiles(_folder["notes"]));
    }

    [Fact]
    public void A_file_that_could_not_be_deleted_is_remembered_until_it_can()
    {
        var path = _folder.Write(UnfinishedOutputs.NewName(), "half");

        _unfinished.Note(path).Dispose();

        Assert.Equal(1, _unfinished.Clear());
        Assert.False(File.Exists(path));
        Assert.Equal(0, _unfinished.Clear());
    }

    [Fact]
    public void Only_a_file_of_the_name_that_was_noted_is_deleted()
    {
        var mine = _folder.Write("mine", "mine");
        var another = _folder.Write(UnfinishedOutputs.NewName(), "another's");
        var folder = _folder[UnfinishedOutputs.NewName()];
        Directory.CreateDirectory(folder);
        File.WriteAllText(_folder[$"notes/{UnfinishedOutputs.NewName()}"], mine);
        File.WriteAllText(_folder[$"notes/{UnfinishedOutputs.NewName()}"], another);
        File.WriteAllText(_folder[$"notes/{UnfinishedOutputs.NewName()}"], "a\0b");
        File.WriteAllText(_folder["notes/mine"], mine);
        _unfinished.Note(folder);

        Assert.Equal(0, _unfinished.Clear());

        Assert.True(File.Exists(mine) && File.Exists(another) && Directory.Exists(folder));
        Assert.Equal(["mine"], Directory.GetFiles(_folder["notes"]).Select(path => Path.GetFileName(path)));
    }
}
