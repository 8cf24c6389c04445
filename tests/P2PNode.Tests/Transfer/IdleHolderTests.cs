using System.Buffers;
using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Core.Transfer;
using P2PNode.Protocol;
using P2PNode.Tests.Testing;
using P2PNode.Transfer;
using P2PNode.Transport;

namespace P2PNode.Tests.Transfer;

/// <summary>Holders that say again and again that they live.</summary>
public sealed class IdleHolderTests
{
    private static readonly byte[] Ping = PingFrame();

    private readonly ManualClock _clock = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_that_sends_no_bytes_is_given_up(bool emptyPieces)
    {
        var elapsed = await TakeUntilGivenUpAsync(RangeKind.Pieces, 1L << 40, emptyPieces ? [Parcel(0)] : [Ping]);

        Assert.InRange(elapsed, TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(11));
    }

    [Fact]
    public async Task One_that_hashes_a_large_file_for_its_layer_is_given_the_time()
    {
        var elapsed = await TakeUntilGivenUpAsync(RangeKind.Layer, 1L << 40, [Ping]);

        Assert.InRange(elapsed, TimeSpan.FromHours(4), TimeSpan.FromHours(6));
    }

    [Fact]
    public async Task Each_byte_that_comes_gives_a_slow_one_new_time()
    {
        await using var client = Client([.. Enumerable.Repeat(Ping, 50), Parcel(1)]);
        await client.AskAsync(new NodeId(2), [Range(RangeKind.Pieces, 1L << 40)]);

        for (var i = 0; i < 10; i++)
            (await client.TakeAsync()).Dispose();

        Assert.InRange(_clock.GetUtcNow() - DateTimeOffset.UnixEpoch, TimeSpan.FromHours(1), TimeSpan.FromHours(2));
    }

    private async Task<TimeSpan> TakeUntilGivenUpAsync(RangeKind kind, long size, byte[][] frames)
    {
        await using var client = Client(frames);
        await client.AskAsync(new NodeId(2), [Range(kind, size)]);
        PeerException? fault = null;

        // Bounded, so that the test ends where nobody is given up.
        for (var i = 0; i < 10_000 && fault is null; i++)
            fault = await Record.ExceptionAsync(async () => (await client.TakeAsync()).Dispose()) as PeerException;

        Assert.Equal((PeerFault.TimedOut, "it sends signs of life but no bytes"), (fault?.Fault, fault?.Message));
        return _clock.GetUtcNow() - DateTimeOffset.UnixEpoch;
    }

    private BulkClient Client(byte[][] frames) =>
        new(new Connection(new RepeatingStream(_clock, frames), remote: null, TimeProvider.System), _clock);

    private static FetchRange Range(RangeKind kind, long size)
    {
        var entry = new FileEntry
        {
            Path = FilePath.Parse("a"),
            Kind = EntryKind.File,
            Size = size,
            MtimeTicks = 1,
            Root = ContentHasher.Of([1]),
            Seq = 1,
        };
        return new FetchRange(1, new FetchItem(entry), kind, 0, 4096, IsSecond: false);
    }

    private static byte[] PingFrame()
    {
        var frame = new ArrayBufferWriter<byte>();
        FrameWriter.Write(frame, FrameType.Ping, null, WireLimits.ControlBytes);
        return frame.WrittenSpan.ToArray();
    }

    private static byte[] Parcel(int bytes)
    {
        using var writer = new ParcelWriter();
        writer.Body(bytes).Span.Clear();
        writer.Add(1, PieceStatus.More, bytes);
        return writer.Finish().ToArray();
    }

    /// <summary>Gives one frame after the other for a day, ten seconds apart.</summary>
    private sealed class RepeatingStream(ManualClock clock, byte[][] frames) : Stream
    {
        private int _next;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (clock.GetUtcNow() - DateTimeOffset.UnixEpoch > TimeSpan.FromDays(1))
                return ValueTask.FromResult(0);
            clock.Advance(TimeSpan.FromSeconds(10));
            var frame = frames[_next++ % frames.Length];
            frame.CopyTo(buffer);
            return ValueTask.FromResult(frame.Length);
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
