using System.Buffers;
using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Core.Transfer;
using P2PNode.Protocol;
using P2PNode.Tests.Testing;
using P2PNode.Transfer;
using P2PNode.Transport;
using Want = P2PNode.Protocol.Messages.Want;

namespace P2PNode.Tests.Transfer;

public sealed class BulkClientTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(255)]
    public async Task Ranges_of_any_names_are_asked_for_in_order_and_within_the_limit_of_a_frame(int partLength)
    {
        var part = new string('x', partLength);
        FetchRange[] ranges = [.. Enumerable.Range(1, 1000).Select(i => Range((uint)i, $"{part}/{part}/{part}/{part}"))];
        using var wire = new MemoryStream();
        await using var client = new BulkClient(new Connection(wire, remote: null, TimeProvider.System), TimeProvider.System);

        await client.AskAsync(new NodeId(2), ranges);

        Assert.Equal(ranges.Select(range => range.Tag), await TagsOnAsync(wire));
    }

    [Fact]
    public async Task A_slow_holder_hears_that_its_answers_are_still_wanted()
    {
        var parcels = new ArrayBufferWriter<byte>();
        FrameWriter.Write(parcels, FrameType.Parcel, null, WireLimits.BulkBytes);
        FrameWriter.Write(parcels, FrameType.Parcel, null, WireLimits.BulkBytes);
        using var wire = new TwoWayStream(new MemoryStream(parcels.WrittenSpan.ToArray()));
        var clock = new ManualClock();
        await using var client = new BulkClient(new Connection(wire, remote: null, clock), clock);

        (await client.TakeAsync()).Dispose();
        Assert.Equal(0, wire.Written.Length);
        clock.Advance(BulkServer.Idle / 2);
        (await client.TakeAsync()).Dispose();

        wire.Written.Position = 0;
        using var reader = new FrameReader(wire.Written, TimeProvider.System, TestContext.Current.CancellationToken);
        using var ping = await reader.ReadAsync(WireLimits.ControlBytes, TimeSpan.FromSeconds(5));
        Assert.Equal(FrameType.Ping, ping?.Type);
    }

    private static FetchRange Range(uint tag, string path)
    {
        var entry = new FileEntry
        {
            Path = FilePath.Parse(path),
            Kind = EntryKind.File,
            Size = long.MaxValue,
            MtimeTicks = DateTime.MaxValue.Ticks,
            Root = ContentHasher.Of([1]),
            Seq = 1,
        };
        return new FetchRange(tag, new FetchItem(entry), RangeKind.Stream, long.MaxValue - 4096, 4096, IsSecond: false);
    }

    private static async Task<List<uint>> TagsOnAsync(MemoryStream wire)
    {
        wire.Position = 0;
        using var reader = new FrameReader(wire, TimeProvider.System, TestContext.Current.CancellationToken);
        List<uint> tags = [];
        while (await reader.ReadAsync(WireLimits.ControlBytes, TimeSpan.FromSeconds(5)) is { } read)
        {
            using var frame = read;
            tags.AddRange(frame.Parse(Want.Parser).Ranges.Select(range => range.Tag));
        }

        return tags;
    }
}
