using P2PNode.Files;
using P2PNode.Tests.Testing;
using Serilog.Core;

namespace P2PNode.Tests.Files;

public sealed class TrashTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();
    private readonly ManualClock _clock = new();
    private readonly NodeFolder _folder;

    public TrashTests() => _folder = NodeFolder.Open(_temporary["NODE1"], Logger.None);

    public void Dispose()
    {
        _folder.Dispose();
        _temporary.Dispose();
    }

    [Fact]
    public void A_file_keeps_its_path_in_the_trash_and_what_goes_together_lies_together()
    {
        var trash = Make();
        string? batch = null;
        Take(trash, "peers/NODE2/a/b", "1", ref batch);
        Take(trash, "peers/NODE2/c", "2", ref batch);

        Assert.Equal("19700101-000000-1", Path.GetFileName(batch));
        Assert.Equal("1", File.ReadAllText(Path.Combine(_folder.Root, batch!, "peers/NODE2/a/b")));
        Assert.Equal("2", File.ReadAllText(Path.Combine(_folder.Root, batch!, "peers/NODE2/c")));
    }

    [Fact]
    public void Two_files_of_one_path_do_not_overwrite_each_other()
    {
        var trash = Make();
        string? batch = null;
        Take(trash, "x", "1", ref batch);
        Take(trash, "x", "2", ref batch);

        Assert.Equal(["1", "2"], Contents());
    }

    [Fact]
    public void What_lay_there_for_thirty_days_is_dropped()
    {
        var trash = Make();
        Fill(trash, "old");
        _clock.Advance(TimeSpan.FromDays(29));
        Fill(trash, "young");
        trash.Drop();
        Assert.Equal(["old", "young"], Contents());

        _clock.Advance(TimeSpan.FromDays(2));
        trash.Drop();
        Assert.Equal(["young"], Contents());
    }

    [Fact]
    public void The_oldest_is_dropped_where_the_trash_grows_too_large()
    {
        var trash = Make(new TrashLimits { MostBytes = 10 });
        foreach (var content in new[] { "first", "second", "third" })
        {
            Fill(trash, content);
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        trash.Drop();

        Assert.Equal(["third"], Contents());
    }

    [Fact]
    public void What_others_put_into_the_trash_stays()
    {
        var path = _temporary.Write("NODE1/.p2pnode/trash/notes/note", "mine");
        _clock.Advance(TimeSpan.FromDays(365));

        Make().Drop();

        Assert.True(File.Exists(path));
    }

    [Fact]
    public void A_link_in_the_trash_is_dropped_and_what_it_leads_to_stays()
    {
        var outside = _temporary.Write("outside/file", "mine");
        var trash = Make();
        File.CreateSymbolicLink(_temporary["NODE1/link"], _temporary["outside"]);
        string? batch = null;
        trash.Take("link", ref batch);
        _clock.Advance(TimeSpan.FromDays(31));

        trash.Drop();

        Assert.Empty(Directory.GetFileSystemEntries(_folder.Trash));
        Assert.True(File.Exists(outside));
    }

    [Fact]
    public void A_trash_that_somebody_took_away_is_no_fault()
    {
        var trash = Make();
        Directory.Delete(_folder.Trash, recursive: true);
        trash.Drop();

        Fill(trash, "next");
        Assert.Equal(["next"], Contents());
    }

    [Fact]
    public async Task The_trash_is_looked_through_every_day()
    {
        using var stop = new CancellationTokenSource();
        var trash = Make();
        Fill(trash, "old");
        var run = trash.RunAsync(stop.Token);
        _clock.Advance(TimeSpan.FromDays(31));

        while (Contents().Count > 0)
            await Task.Yield();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken));
    }

    private Trash Make(TrashLimits? limits = null) => new(_folder, _clock, limits ?? new TrashLimits(), Logger.None);

    private void Fill(Trash trash, string content)
    {
        string? batch = null;
        Take(trash, content, content, ref batch);
    }

    private void Take(Trash trash, string path, string content, ref string? batch)
    {
        _temporary.Write($"NODE1/{path}", content);
        trash.Take(path, ref batch);
    }

    private IReadOnlyList<string> Contents() =>
        [.. Directory.EnumerateFiles(_folder.Trash, "*", SearchOption.AllDirectories).Select(File.ReadAllText).Order()];
}
