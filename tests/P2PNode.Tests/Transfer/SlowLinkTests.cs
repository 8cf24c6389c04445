using System.Buffers;
using System.Security.Cryptography;
using P2PNode.Files;
using P2PNode.Protocol;
using P2PNode.Protocol.Messages;
using P2PNode.Tests.Files;
using P2PNode.Tests.Testing;
using P2PNode.Transfer;
using P2PNode.Transport;
using Serilog.Core;

namespace P2PNode.Tests.Transfer;

/// <summary>Links that a limit, or the other end, makes so slow that only pings tell them from dead ones.</summary>
public sealed class SlowLinkTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_that_waits_for_its_limit_says_that_it_lives()
    {
        var clock = new ManualClock();
        using var limit = new RateLimit(1_000);
        await using var link = await BulkLink.OpenAsync(limit: limit, clock: clock);
        await link.AskAsync(link.Write("a", RandomNumberGenerator.GetBytes(60_000)));

        for (var i = 0; i < 3; i++)
        {
            var frame = link.TakeAsync();
            await Eventually.HoldsAsync(() => Advance(clock, frame.IsCompleted), "a ping comes");
            using var ping = await frame;
            Assert.Equal(FrameType.Ping, ping.Type);
        }
    }

    [Fact]
    public async Task At_a_low_rate_parcels_are_small()
    {
        using var limit = new RateLimit(1_000_000);
        await limit.WaitAsync(1, Stop);
        await using var link = await BulkLink.OpenAsync(limit: limit);
        var content = RandomNumberGenerator.GetBytes(600_000);

        var pieces = await link.GetAsync(link.Write("a", content));

        Assert.Equal(content, BulkLink.ContentOf(pieces));
        Assert.Equal([500_000, 100_000], pieces.Select(piece => piece.Length));
    }

    [Fact]
    public async Task A_client_takes_pings_for_signs_of_life()
    {
        using var wire = WireOf(FrameType.Ping, FrameType.Ping, FrameType.Parcel);
        await using var client = new BulkClient(new Connection(wire, remote: null, TimeProvider.System), TimeProvider.System);

        using var parcel = await client.TakeAsync();

        Assert.Equal(FrameType.Parcel, parcel.Type);
    }

    [Fact]
    public async Task A_client_that_waits_for_its_limit_says_that_it_lives_and_can_be_ended()
    {
        var clock = new ManualClock();
        using var limit = new RateLimit(1);
        var parcel = new byte[WireLimits.HeadBytes + 60_000];
        FrameWriter.WriteHead(parcel, FrameType.Parcel, 60_000);
        using var wire = new TwoWayStream(new MemoryStream(parcel));
        await using var client = new BulkClient(new Connection(wire, remote: null, clock), clock, limit);

        var taking = client.TakeAsync().AsTask();
        await Eventually.HoldsAsync(() => Advance(clock, wire.Written.Length >= 3 * WireLimits.HeadBytes), "it sends pings");
        Assert.False(taking.IsCompleted);
        client.Abort();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => taking);
    }

    [Fact]
    public async Task A_peer_that_neither_takes_nor_says_anything_is_dropped_in_time()
    {
        using var space = new TemporaryFolder();
        using var folder = NodeFolder.Open(space.Path, Logger.None);
        var clock = new ManualClock();
        var want = new ArrayBufferWriter<byte>();
        FrameWriter.Write(want, FrameType.Want, new Want { Ranges = { new WantedRange { Owner = 1, Path = "a" } } }, WireLimits.ControlBytes);
        using var wire = new StuckStream(want.WrittenSpan.ToArray());
        await using var connection = new Connection(wire, remote: null, clock);
        var layers = new PieceLayers(folder, Logger.None);
        var serving = new BulkServer(new FolderFiles(folder), layers, RateLimit.None, clock, Logger.None).ServeAsync(connection, BulkLink.Peer, Stop);
        await wire.WriteBegan.WaitAsync(TimeSpan.FromSeconds(20), Stop);

        clock.Advance(WireLimits.Write + TimeSpan.FromSeconds(1));
        Assert.False(serving.IsCompleted); // It may be bound to a low rate.
        await Eventually.HoldsAsync(() => Advance(clock, serving.IsCompleted), "the link is dropped");

        Assert.InRange(clock.GetUtcNow() - DateTimeOffset.UnixEpoch, BulkServer.Idle, 20 * BulkServer.Idle);
    }

    private static bool Advance(ManualClock clock, bool isEnough)
    {
        if (!isEnough)
            clock.Advance(TimeSpan.FromSeconds(1));
        return isEnough;
    }

    private static TwoWayStream WireOf(params FrameType[] types)
    {
        var frames = new ArrayBufferWriter<byte>();
        foreach (var type in types)
            FrameWriter.Write(frames, type, null, WireLimits.BulkBytes);
        return new TwoWayStream(new MemoryStream(frames.WrittenSpan.ToArray()));
    }

    /// <summary>Gives what it has, then nothing for ever; takes nothing.</summary>
    private sealed class StuckStream(byte[] bytes) : Stream
    {
        private readonly CutStream _incoming = new(bytes, int.MaxValue, endless: true);
        private readonly TaskCompletionSource _writeBegan = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task WriteBegan => _writeBegan.Task;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            _incoming.ReadAsync(buffer, cancellationToken);

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _writeBegan.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
