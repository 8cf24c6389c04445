using P2PNode.Core;

namespace P2PNode.Tests.Core;

public class ContentHasherTests
{
    [Fact]
    public void Roots_equal_those_that_libtorrent_computes() =>
        Assert.All(PiecesRootVectors.All, vector =>
            Assert.Equal(vector.Root, ContentHasher.Of(PiecesRootVectors.Content(vector.Size))));

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(ContentHasher.LeafSize)]
    [InlineData(ContentHasher.LeafSize + 1)]
    [InlineData(3 * ContentHasher.LeafSize - 1)]
    public void The_root_does_not_depend_on_how_the_data_is_cut(int part)
    {
        var hasher = new ContentHasher();
        foreach (var (size, root, _) in PiecesRootVectors.All.Where(vector => vector.Size / part < 200_000))
        {
            foreach (var chunk in PiecesRootVectors.Content(size).Chunk(part))
                hasher.Append(chunk);
            Assert.Equal(size, hasher.Length);
            Assert.Equal(root, hasher.Finish());
        }
    }

    [Fact]
    public void A_finished_hasher_is_as_new()
    {
        var hasher = new ContentHasher();
        hasher.Append(new byte[100_000]);
        hasher.Finish();

        Assert.Equal(0, hasher.Length);
        Assert.Equal(default, hasher.Finish());
    }

    [Fact]
    public void Pieces_equal_the_layer_that_libtorrent_computes() =>
        Assert.All(PiecesRootVectors.All, vector =>
        {
            var pieces = new List<ContentRoot>();
            var hasher = new ContentHasher(pieces.Add);
            hasher.Append(PiecesRootVectors.Content(vector.Size));
            var root = hasher.Finish();

            // BEP 52 writes no layer for a file of one piece; ours is then the root alone.
            var layer = vector.Size is > 0 and <= PieceLayer.PieceSize ? [vector.Root] : vector.Layer;
            Assert.Equal(layer, pieces);
            Assert.Equal(root, PieceLayer.Root(BytesOf(pieces), vector.Size));
        });

    [Fact]
    public void Each_piece_can_be_checked_alone() =>
        Assert.All(PiecesRootVectors.All.Where(vector => vector.Size > PieceLayer.PieceSize), vector =>
            Assert.Equal(
                vector.Layer,
                PiecesRootVectors.Content(vector.Size).Chunk(PieceLayer.PieceSize)
                    .Select(piece => PieceLayer.HashOf(piece, vector.Size))));

    [Fact]
    public void A_layer_of_another_length_than_the_file_has_is_refused() =>
        Assert.Throws<ArgumentException>(() => PieceLayer.Root(new byte[2 * ContentRoot.Size], PieceLayer.PieceSize));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 32)]
    [InlineData(PieceLayer.PieceSize, 32)]
    [InlineData(PieceLayer.PieceSize + 1, 64)]
    [InlineData(long.MaxValue, 1L << 48)]
    public void A_layer_has_32_bytes_for_each_MiB_that_has_begun(long size, long bytes) =>
        Assert.Equal(bytes, PieceLayer.BytesOf(size));

    private static byte[] BytesOf(List<ContentRoot> pieces)
    {
        var layer = new byte[pieces.Count * ContentRoot.Size];
        for (var i = 0; i < pieces.Count; i++)
            pieces[i].CopyTo(layer.AsSpan(i * ContentRoot.Size));
        return layer;
    }
}
