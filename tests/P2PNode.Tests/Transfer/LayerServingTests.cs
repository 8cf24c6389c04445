using System.Security.Cryptography;
using P2PNode.Core;
using P2PNode.Protocol.Messages;
using P2PNode.Transfer;

namespace P2PNode.Tests.Transfer;

public sealed class LayerServingTests
{
    [Theory]
    [InlineData(PieceLayer.LargeFrom)]
    [InlineData(PieceLayer.LargeFrom + 1)]
    public async Task The_layer_of_a_large_file_is_computed_when_it_is_asked_for(int size)
    {
        await using var link = await BulkLink.OpenAsync();
        var content = RandomNumberGenerator.GetBytes(size);
        var range = Pieces(link.Write("a", content));

        var layer = BulkLink.ContentOf(await link.GetAsync(range));

        Assert.Equal(ContentHasher.Of(content), PieceLayer.Root(layer, size));
        Assert.Equal(layer, link.Layers.Find(ContentHasher.Of(content), size));
    }

    [Fact]
    public async Task A_part_of_a_kept_layer_is_given_without_opening_the_file()
    {
        await using var link = await BulkLink.OpenAsync();
        var layer = RandomNumberGenerator.GetBytes((int)PieceLayer.BytesOf(PieceLayer.LargeFrom));
        var root = PieceLayer.Root(layer, PieceLayer.LargeFrom);
        link.Layers.Keep(root, layer);
        link.Write("a", []);
        var range = link.WantAll("a", root);
        (range.Kind, range.Size, range.Offset, range.Length) = (RangeKind.Pieces, PieceLayer.LargeFrom, 32, 64);

        Assert.Equal(layer[32..96], BulkLink.ContentOf(await link.GetAsync(range)));
        Assert.Equal(0, ((FolderFiles)link.Files).Opened);
    }

    [Fact]
    public async Task All_that_give_a_layer_at_a_time_share_it()
    {
        await using var link = await BulkLink.OpenAsync();
        var range = AskedRange.From(Pieces(link.Write("a", RandomNumberGenerator.GetBytes(PieceLayer.LargeFrom))));
        var source = new LayerSource(link.Files, link.Layers);
        await source.FindAsync(range, TestContext.Current.CancellationToken);

        var one = await source.FindAsync(range, TestContext.Current.CancellationToken);
        var other = await source.FindAsync(range, TestContext.Current.CancellationToken);

        Assert.Equal(PieceStatus.Last, one.Status);
        Assert.Same(one.Bytes, other.Bytes);
    }

    [Fact]
    public async Task Who_asks_for_another_content_has_the_file_hashed_once()
    {
        await using var link = await BulkLink.OpenAsync();
        link.Write("a", RandomNumberGenerator.GetBytes(PieceLayer.LargeFrom));
        var range = Pieces(link.WantAll("a", ContentHasher.Of([1])));
        var files = (FolderFiles)link.Files;
        var stamps = 0;
        files.BeforeStamp = () => stamps++; // Asked at the end of each reading.

        for (var i = 0; i < 3; i++)
            Assert.Equal(PieceStatus.Changed, Assert.Single(await link.GetAsync(range)).Status);

        Assert.Equal(1, stamps);
        Assert.Equal(["Debug: Cannot give a of NODE1: it has another content than was asked for"], link.Log);
    }

    [Fact]
    public async Task A_file_that_changes_while_its_layer_is_computed_has_none()
    {
        await using var link = await BulkLink.OpenAsync();
        var content = RandomNumberGenerator.GetBytes(PieceLayer.LargeFrom);
        var range = Pieces(link.Write("a", content));
        ((FolderFiles)link.Files).BeforeStamp = () => File.SetLastWriteTimeUtc(link["a"], DateTime.UnixEpoch);

        Assert.Equal(PieceStatus.Changed, Assert.Single(await link.GetAsync(range)).Status);
        Assert.Null(link.Layers.Find(ContentHasher.Of(content), PieceLayer.LargeFrom));
    }

    private static WantedRange Pieces(WantedRange all)
    {
        (all.Kind, all.Length) = (RangeKind.Pieces, PieceLayer.BytesOf(all.Size));
        return all;
    }
}
