using System.Security.Cryptography;
using P2PNode.Protocol.Messages;
using P2PNode.Transfer;

namespace P2PNode.Tests.Transfer;

public sealed class ZerosTests
{
    private const int Unit = ZeroRun.Unit;

    [Theory]
    [InlineData(0, 0, 0)] // parts of the file: data, zeros, data
    [InlineData(Unit - 1, 0, 0)]
    [InlineData(0, Unit - 1, 0)]
    [InlineData(0, Unit, 0)]
    [InlineData(0, Unit + 5, 0)]
    [InlineData(0, 3 * Unit, 7)]
    [InlineData(7, 3 * Unit, 0)]
    [InlineData(7, 3 * Unit, 7)]
    [InlineData(Unit, 2 * Unit, Unit)]
    [InlineData(Unit, 20 * Unit + 1, Unit)]
    [InlineData(20 * Unit + 1, 20 * Unit + 1, 20 * Unit + 1)]
    public async Task Long_runs_of_zeros_do_not_travel_and_the_content_comes_whole(int before, int zeros, int after)
    {
        await using var link = await BulkLink.OpenAsync();
        byte[] content = [.. NonZero(before), .. new byte[zeros], .. NonZero(after)];
        var range = link.Write("a", content);

        var pieces = await link.GetAsync(range);

        Assert.Equal(content, BulkLink.ContentOf(pieces));
        var left = pieces.Where(piece => piece.Status is PieceStatus.Zeros or PieceStatus.LastZeros).Sum(piece => piece.Length);
        var start = (before + Unit - 1) / Unit * Unit;
        var end = after == 0 ? before + zeros : (before + zeros) / Unit * Unit;
        Assert.Equal(content.Length >= Unit && end - start >= Unit ? end - start : 0, left);
    }

    [Fact]
    public async Task Any_ranges_of_any_mixture_come_whole()
    {
        await using var link = await BulkLink.OpenAsync();
        var random = new Random(1);
        var content = new byte[5_000_000];
        for (var at = 0; at < content.Length;)
        {
            var length = Math.Min(random.Next(300_000), content.Length - at);
            NonZero(length).CopyTo(content.AsSpan(at));
            at += length + random.Next(300_000);
        }

        var all = link.Write("a", content);
        for (var i = 0; i < 50; i++)
        {
            var range = all.Clone();
            range.Offset = random.Next(content.Length);
            range.Length = random.NextInt64(content.Length - range.Offset + 1);
            Assert.Equal(content[(int)range.Offset..(int)(range.Offset + range.Length)], BulkLink.ContentOf(await link.GetAsync(range)));
        }
    }

    [Fact]
    public async Task Holes_are_not_read()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Skip("Only Linux tells holes.");
        await using var link = await BulkLink.OpenAsync();
        using (var file = File.OpenHandle(link["a"], FileMode.CreateNew, FileAccess.Write))
        {
            RandomAccess.Write(file, NonZero(10_000), 100L << 20);
            RandomAccess.SetLength(file, (1L << 40) + 1);
        }

        var range = link.WantAll("a", default);
        var pieces = await link.GetAsync(Cut(range, 0, 1L << 32));

        Assert.Equal(1L << 32, pieces.Sum(piece => (long)piece.Length));
        Assert.Equal(2 * Unit, pieces.Sum(piece => piece.Bytes.Length), (double)Unit);
        Assert.InRange(pieces.Count, 256, 270); // What is read comes in eight thousand.
        var last = Assert.Single(await link.GetAsync(Cut(range, 1L << 40, 1)));
        Assert.Equal((PieceStatus.LastZeros, 1), (last.Status, last.Length));
        var part = await link.GetAsync(Cut(range, (100 << 20) - 1, 10_002));
        Assert.Equal([0, .. Enumerable.Repeat((byte)1, 10_000), 0], BulkLink.ContentOf(part));
    }

    [Fact]
    public async Task A_file_that_grows_where_it_had_a_hole_has_changed()
    {
        await using var link = await BulkLink.OpenAsync();
        using (var file = File.OpenHandle(link["a"], FileMode.CreateNew, FileAccess.Write))
            RandomAccess.SetLength(file, 1 << 20);
        var range = link.WantAll("a", default);
        ((FolderFiles)link.Files).BeforeStamp = () => File.WriteAllBytes(link["a"], RandomNumberGenerator.GetBytes(1 << 20));

        Assert.Equal(PieceStatus.Changed, (await link.GetAsync(range))[^1].Status);
    }

    private static WantedRange Cut(WantedRange all, long offset, long length)
    {
        var range = all.Clone();
        (range.Offset, range.Length) = (offset, length);
        return range;
    }

    private static byte[] NonZero(int length)
    {
        var bytes = new byte[length];
        bytes.AsSpan().Fill(1);
        return bytes;
    }
}
