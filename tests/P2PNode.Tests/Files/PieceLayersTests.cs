using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Files;
using P2PNode.Tests.Core;
using Serilog.Core;

namespace P2PNode.Tests.Files;

public sealed class PieceLayersTests : IDisposable
{
    private const int Large = PieceLayer.LargeFrom + 1;

    private readonly TemporaryFolder _space = new();
    private readonly NodeFolder _folder;
    private readonly PieceLayers _layers;

    public PieceLayersTests()
    {
        _folder = NodeFolder.Open(_space.Path, Logger.None);
        _layers = new PieceLayers(_folder, Logger.None);
    }

    [Fact]
    public void A_layer_is_found_by_its_root_and_size_alone()
    {
        var (root, layer) = LayerOf(1, Large);
        _layers.Keep(root, layer);

        Assert.Equal(layer, _layers.Find(root, Large));
        Assert.Null(_layers.Find(root, Large + PieceLayer.PieceSize));
        Assert.Equal(layer, _layers.Find(root, Large));
        Assert.Null(_layers.Find(LayerOf(2, Large).Root, Large));
        Assert.Empty(Directory.GetFiles(_folder.Temporary));
    }

    [Fact]
    public void The_layer_of_a_small_file_is_not_kept()
    {
        var (root, layer) = LayerOf(1, PieceLayer.LargeFrom - PieceLayer.PieceSize);
        _layers.Keep(root, layer);

        Assert.Empty(Kept());
        Assert.Null(_layers.Find(root, PieceLayer.LargeFrom - PieceLayer.PieceSize));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(256)]
    [InlineData(288)]
    public void A_damaged_layer_is_not_used_and_goes(int length)
    {
        var (root, layer) = LayerOf(1, Large);
        _layers.Keep(root, layer);
        layer[^1] ^= 1;
        File.WriteAllBytes(Kept().Single(), layer.AsSpan(0, length));

        Assert.Null(_layers.Find(root, Large));
        Assert.Empty(Kept());
    }

    [Fact]
    public void What_no_file_needs_goes_but_not_what_was_kept_a_moment_ago()
    {
        var (needed, fresh, old) = (LayerOf(1, Large), LayerOf(2, Large), LayerOf(3, Large));
        _layers.Keep(needed.Root, needed.Layer);
        _layers.Keep(old.Root, old.Layer);
        File.WriteAllText(Path.Combine(_folder.Layers, "no root"), "x");
        var later = new PieceLayers(_folder, Logger.None);
        later.Keep(fresh.Root, fresh.Layer);

        later.Sweep(() => [File_(needed.Root, Large), File_(old.Root, PieceLayer.LargeFrom - 1)]);
        Assert.Equal(Names(needed.Root, fresh.Root), Kept().Select(Path.GetFileName).Order());

        later.Sweep(() => [File_(needed.Root, Large)]);
        Assert.Equal(Names(needed.Root), Kept().Select(Path.GetFileName));
    }

    [Fact]
    public void What_is_kept_while_the_others_are_looked_through_stays()
    {
        var (root, layer) = LayerOf(1, Large);

        _layers.Sweep(() =>
        {
            _layers.Keep(root, layer);
            return [];
        });

        Assert.Equal(layer, _layers.Find(root, Large));
    }

    [Fact]
    public async Task As_much_again_as_there_was_has_the_folder_looked_through()
    {
        using var stop = new CancellationTokenSource();
        var looks = 0;
        var looked = new SemaphoreSlim(0);
        var run = Task.Run(() => _layers.RunAsync(Look, stop.Token), TestContext.Current.CancellationToken);
        Assert.True(await looked.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));

        var layer = new byte[PieceLayer.BytesOf(PieceLayer.LargeFrom) * 1024];
        for (byte i = 1; i <= 5; i++)
            _layers.Keep(new ContentRoot([.. Enumerable.Repeat(i, ContentRoot.Size)]), layer);

        Assert.True(await looked.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.Equal(2, looks);

        IEnumerable<FileEntry> Look()
        {
            looks++;
            looked.Release();
            return [];
        }
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_no_failure()
    {
        Directory.Delete(_folder.Layers);
        var (root, layer) = LayerOf(1, Large);

        _layers.Keep(root, layer);
        _layers.Sweep(() => []);

        Assert.Null(_layers.Find(root, Large));
        Assert.Empty(Directory.GetFiles(_folder.Temporary));
    }

    [Fact]
    public async Task What_a_scan_hashes_has_its_layer_kept()
    {
        _folder.Dispose();
        var content = PiecesRootVectors.Content(Large);
        await File.WriteAllBytesAsync(_space["large"], content, TestContext.Current.CancellationToken);
        File.SetLastWriteTimeUtc(_space["large"], DateTime.UnixEpoch);
        await using var run = new OwnFilesRun(_space.Path);
        await run.UntilOfferedAsync("large");

        Assert.Equal(LayerOf(content), run.Layers.Find(run.Published.Single().Root, Large));
    }

    public void Dispose()
    {
        _folder.Dispose();
        _space.Dispose();
    }

    private static (ContentRoot Root, byte[] Layer) LayerOf(byte seed, int size)
    {
        var layer = new byte[PieceLayer.BytesOf(size)];
        layer.AsSpan().Fill(seed);
        return (PieceLayer.Root(layer, size), layer);
    }

    private static byte[] LayerOf(byte[] content) =>
        [.. content.Chunk(PieceLayer.PieceSize).SelectMany(piece =>
        {
            var hash = new byte[ContentRoot.Size];
            PieceLayer.HashOf(piece, content.Length).CopyTo(hash);
            return hash;
        })];

    private static FileEntry File_(ContentRoot root, long size) =>
        new() { Path = FilePath.Parse("a"), Kind = EntryKind.File, Size = size, Root = root, Seq = 1 };

    private static IOrderedEnumerable<string> Names(params ContentRoot[] roots) => roots.Select(root => root.ToString()).Order();

    private string[] Kept() => Directory.GetFiles(_folder.Layers);
}
