using System.Security.Cryptography;
using P2PNode.Core;
using P2PNode.Files;
using P2PNode.Protocol.Messages;
using P2PNode.Tests.Testing;
using P2PNode.Transfer;

namespace P2PNode.Tests.Transfer;

public sealed class BulkServerTests
{
    [Fact]
    public async Task A_file_that_opens_but_cannot_be_read_is_answered_as_unreadable_and_the_link_goes_on()
    {
        await using var link = await BulkLink.OpenAsync(_ => new UnreadableFiles());
        foreach (var tag in (uint[])[1, 2])
        {
            var range = new WantedRange { Tag = tag, Owner = 1, Path = "a", Length = 4096, Size = 4096, MtimeTicks = 1 };
            var piece = Assert.Single(await link.GetAsync(range));
            Assert.Equal((tag, PieceStatus.Unreadable, 0), (piece.Tag, piece.Status, piece.Length));
        }

        Assert.Single(link.Log);
    }

    [Fact]
    public async Task A_refused_file_is_told_to_the_log_once_for_each_reason()
    {
        await using var link = await BulkLink.OpenAsync();
        var range = link.Write("a", [1, 2, 3]);
        range.MtimeTicks++;
        var missing = new WantedRange { Owner = 1, Path = "missing" };
        foreach (var ask in (WantedRange[])[range, range, missing, missing])
            await link.GetAsync(ask);

        Assert.Equal(
            [
                "Debug: Cannot give a of NODE1: another version was asked for",
                "Debug: Cannot give missing of NODE1: There is no file missing.",
            ],
            link.Log);
    }

    [Theory]
    [InlineData(0, 0, 4097)]
    [InlineData(0, 4096, 1)]
    [InlineData(0, -1, 1)]
    [InlineData(0, 1, long.MaxValue)]
    [InlineData(0, 1, 0)]
    [InlineData(1, 0, 32)]
    [InlineData(2, 0, 0)]
    public async Task Who_asks_for_what_no_file_has_loses_the_link_and_is_named(int kind, long offset, long length)
    {
        await using var link = await BulkLink.OpenAsync();
        var range = link.Write("a", new byte[4096]);
        (range.Kind, range.Offset, range.Length) = ((RangeKind)kind, offset, length);

        await link.AskAsync(range);
        await link.Serving.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        Assert.StartsWith("Warning: Closed a bulk link with node 7: it asked for ", Assert.Single(link.Log), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 32)]
    [InlineData(32, 256)]
    [InlineData(256, 0)]
    public async Task Who_asks_for_what_no_layer_has_loses_the_link_and_is_named(long offset, long length)
    {
        await using var link = await BulkLink.OpenAsync();
        var range = link.Write("a", []);
        (range.Kind, range.Size, range.Offset, range.Length) = (RangeKind.Pieces, PieceLayer.LargeFrom - (offset == 0 ? 1 : 0), offset, length);

        await link.AskAsync(range);
        await link.Serving.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        Assert.StartsWith("Warning: Closed a bulk link with node 7: it asked for ", Assert.Single(link.Log), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_of_ours_ends_the_one_link_and_is_an_error()
    {
        await using var link = await BulkLink.OpenAsync();
        ((FolderFiles)link.Files).OnOpen = _ => throw new InvalidOperationException("It was not thought of.");

        await link.AskAsync(link.Write("a", [1]));
        await link.Serving.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        Assert.Equal(["Error: A bulk link to node 7 ended by a defect of this program"], link.Log);
    }

    [Fact]
    public async Task Who_asks_for_more_ranges_than_may_wait_loses_the_link_and_is_named()
    {
        await using var link = await BulkLink.OpenAsync();
        var range = link.Write("a", "content"u8);
        ((FolderFiles)link.Files).OnOpen = _ => link.GivenUp.WaitHandle.WaitOne(TimeSpan.FromSeconds(20));

        for (var asked = 0; asked <= 16 * 1024 + 800; asked += 800)
            await link.AskAsync([.. Enumerable.Repeat(range, 800)]);

        await link.Serving.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Equal(["Warning: Closed a bulk link with node 7: it asked for more than 16384 ranges at once"], link.Log);
    }

    [Fact]
    public async Task A_link_that_nobody_uses_ends_without_a_warning()
    {
        var clock = new ManualClock();
        await using var link = await BulkLink.OpenAsync(linkClock: clock);
        await Eventually.HoldsAsync(() => AdvanceUntil(link.Serving.IsCompleted), "the link ends");

        Assert.Equal(["Debug: A bulk link to node 7 ended: nothing came for 30 s"], link.Log);

        bool AdvanceUntil(bool isEnough)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            return isEnough;
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(2_000_000)]
    public async Task A_file_that_is_replaced_while_it_is_read_has_changed(int size)
    {
        await using var link = await BulkLink.OpenAsync();
        var range = link.Write("a", RandomNumberGenerator.GetBytes(size));
        ((FolderFiles)link.Files).BeforeStamp = () =>
        {
            link.Write("b", RandomNumberGenerator.GetBytes(size));
            File.SetLastWriteTimeUtc(link["b"], File.GetLastWriteTimeUtc(link["a"]));
            File.Move(link["b"], link["a"], overwrite: true);
        };

        Assert.Equal(PieceStatus.Changed, (await link.GetAsync(range))[^1].Status);
    }

    [Fact]
    public async Task A_file_that_is_written_to_has_changed_for_ranges_in_its_middle_as_well()
    {
        await using var link = await BulkLink.OpenAsync();
        var content = RandomNumberGenerator.GetBytes(3_000_000);
        var first = link.Write("a", content);
        var second = first.Clone();
        first.Length = 1_000_000;
        (second.Offset, second.Length) = (1_000_000, 1_000_000);
        Assert.Equal(PieceStatus.Last, (await link.GetAsync(first))[^1].Status);

        File.SetLastWriteTimeUtc(link["a"], DateTime.UnixEpoch);

        Assert.Equal(PieceStatus.Changed, (await link.GetAsync(second))[^1].Status);

        // The new version is found though the old one was open, wherever the range begins.
        second.MtimeTicks = DateTime.UnixEpoch.Ticks;
        Assert.Equal(content[1_000_000..2_000_000], BulkLink.ContentOf(await link.GetAsync(second)));
        Assert.Equal(2, ((FolderFiles)link.Files).Opened);
    }

    [Fact]
    public async Task Small_files_travel_together()
    {
        await using var link = await BulkLink.OpenAsync();
        WantedRange[] ranges = [.. Enumerable.Range(1, 100).Select(i => link.Write($"f{i}", RandomNumberGenerator.GetBytes(i * 100)))];
        for (var i = 0; i < ranges.Length; i++)
            ranges[i].Tag = (uint)i;
        await link.AskAsync(ranges);

        using var parcel = await link.TakeAsync();

        var pieces = BulkLink.PiecesOf(parcel);
        Assert.Equal(ranges.Select(range => (range.Tag, PieceStatus.Last)), pieces.Select(piece => (piece.Tag, piece.Status)));
        Assert.All(pieces, (piece, i) => Assert.Equal(File.ReadAllBytes(link[$"f{i + 1}"]), piece.Bytes));
    }

    /// <summary>The first page of a process's memory is never mapped: to read it fails as a broken disk does.</summary>
    private sealed class UnreadableFiles : IContentSource
    {
        private static readonly FileStamp Stamp = new(4096, 1, 1, Executable: false);

        public OpenedFile Open(NodeId owner, FilePath path) => new(File.OpenHandle("/proc/self/mem"), Stamp);

        public FileStamp StampOf(NodeId owner, FilePath path) => Stamp;
    }
}
