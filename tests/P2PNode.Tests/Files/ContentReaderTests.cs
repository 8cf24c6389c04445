using P2PNode.Core;
using P2PNode.Files;

namespace P2PNode.Tests.Files;

public sealed class ContentReaderTests
{
    private static readonly CancellationToken Test = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(PieceLayer.PieceSize - 1)]
    [InlineData(PieceLayer.PieceSize + 16 * 1024)]
    [InlineData(3 * PieceLayer.PieceSize + 5)]
    public void A_file_read_on_all_cores_has_the_root_and_the_layer_that_one_hasher_finds(int beyond)
    {
        using var folder = new TemporaryFolder();
        var bytes = new byte[PieceHashing.WorthwhileFrom + beyond];
        new Random(beyond).NextBytes(bytes);
        var expected = new List<ContentRoot>();
        var hasher = new ContentHasher(expected.Add);
        hasher.Append(bytes);
        var root = hasher.Finish();

        using var file = File.OpenHandle(Write(folder, bytes));
        var reader = new ContentReader();

        Assert.Equal(root, reader.Read(file, bytes.Length, withLayer: true, Test));
        Assert.Equal(expected, Enumerable.Range(0, expected.Count).Select(i => PieceLayer.HashAt(reader.Layer, i)));
    }

    [Fact]
    public void A_large_file_that_is_shorter_than_it_was_has_no_root()
    {
        using var folder = new TemporaryFolder();
        using var file = File.OpenHandle(Write(folder, new byte[5 * PieceLayer.PieceSize + 7]));

        Assert.Null(new ContentReader().Read(file, PieceHashing.WorthwhileFrom, withLayer: true, Test));
    }

    [Fact]
    public void Reading_a_large_file_can_be_cut_short()
    {
        using var folder = new TemporaryFolder();
        using var file = File.OpenHandle(Write(folder, new byte[PieceHashing.WorthwhileFrom]));
        using var cut = new CancellationTokenSource();
        cut.Cancel();

        Assert.ThrowsAny<OperationCanceledException>(
            () => new ContentReader().Read(file, PieceHashing.WorthwhileFrom, withLayer: true, cut.Token));
    }

    private static string Write(TemporaryFolder folder, byte[] bytes)
    {
        var path = Path.Combine(folder.Path, "large.bin");
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
