using System.Buffers;
using P2PNode.Protocol;
using P2PNode.Protocol.Messages;
using P2PNode.Tests.Testing;

namespace P2PNode.Tests.Protocol;

public sealed class FrameReaderTests
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task What_is_written_is_read_back_however_the_stream_cuts_it()
    {
        var bytes = new ArrayBufferWriter<byte>();
        for (var i = 0; i < 100; i++)
            FrameWriter.Write(bytes, FrameType.Goodbye, new Goodbye { Text = new string('x', i * 97) }, WireLimits.ControlBytes);

        foreach (var step in (int[])[1, 5, 6, 7, 1000, int.MaxValue])
        {
            using var reader = new FrameReader(new CutStream(bytes.WrittenSpan.ToArray(), step), TimeProvider.System, default);
            for (var i = 0; i < 100; i++)
            {
                using var frame = (await reader.ReadAsync(WireLimits.ControlBytes, Idle))!.Value;
                Assert.Equal((FrameType.Goodbye, i * 97), (frame.Type, frame.Parse(Goodbye.Parser).Text.Length));
            }

            Assert.Null(await reader.ReadAsync(WireLimits.ControlBytes, Idle));
        }
    }

    [Theory]
    [InlineData("00010001 1000", "exceeds the limit")]
    [InlineData("FFFFFFFF 1000", "exceeds the limit")]
    [InlineData("00000000 FF00", "unknown type")]
    [InlineData("0000", "ended inside a frame")]
    [InlineData("00000004 0400 0000", "ended inside a frame")]
    public async Task What_is_no_frame_is_a_violation(string hex, string reason)
    {
        using var reader = Reader(hex);

        var e = await Assert.ThrowsAsync<PeerException>(async () => await reader.ReadAsync(WireLimits.ControlBytes, Idle));

        Assert.Equal(PeerFault.Violation, e.Fault);
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_types_are_not_skipped_for_ever_and_never_for_strangers()
    {
        using var stranger = Reader("00000000 FF01");
        await Assert.ThrowsAsync<PeerException>(async () => await stranger.ReadAsync(WireLimits.ControlBytes, Idle, passOver: false));

        using var peer = Reader(string.Concat(Enumerable.Repeat("00000000 FF01 ", 2000)));
        var e = await Assert.ThrowsAsync<PeerException>(async () => await peer.ReadAsync(WireLimits.ControlBytes, Idle));
        Assert.Equal(PeerFault.Violation, e.Fault);
    }

    [Fact]
    public async Task An_unknown_type_that_may_be_ignored_is_skipped()
    {
        using var reader = Reader("00000002 FF01 ABCD 00000000 0500");

        using var frame = (await reader.ReadAsync(WireLimits.ControlBytes, Idle))!.Value;

        Assert.Equal(FrameType.Ping, frame.Type);
    }

    [Fact]
    public async Task An_absurd_length_allocates_nothing()
    {
        using var reader = Reader("7FFFFFFF 1000");
        var before = GC.GetAllocatedBytesForCurrentThread();

        await Assert.ThrowsAsync<PeerException>(async () => await reader.ReadAsync(WireLimits.ControlBytes, Idle));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2 * WireLimits.ControlBytes);
    }

    [Fact]
    public async Task Silence_between_two_frames_and_inside_one_ends_the_wait()
    {
        (string, TimeSpan)[] cases =
        [
            ("", Idle),
            ("0000", WireLimits.WholeFrame),
            ("00000008 0400 01", WireLimits.WholeFrame),
            ("00100000 4100 01", TimeSpan.FromSeconds(70)), // A parcel has time to come over a slow wire.
        ];
        foreach (var (hex, wait) in cases)
        {
            var clock = new ManualClock();
            using var reader = new FrameReader(new CutStream(FromHex(hex), int.MaxValue, endless: true), clock, default);
            var read = reader.ReadAsync(WireLimits.BulkBytes, Idle).AsTask();

            clock.Advance(wait - TimeSpan.FromMilliseconds(1));
            Assert.False(read.IsCompleted);
            clock.Advance(TimeSpan.FromMilliseconds(1));

            var e = await Assert.ThrowsAsync<PeerException>(() => read.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken));
            Assert.Equal(PeerFault.TimedOut, e.Fault);
        }
    }

    [Fact]
    public async Task A_deadline_that_passes_as_the_reader_is_disposed_harms_nobody()
    {
        var clock = new LateClock();
        using (var reader = new FrameReader(new CutStream(FromHex("00000000 0500"), int.MaxValue), clock, default))
            (await reader.ReadAsync(WireLimits.ControlBytes, Idle))!.Value.Dispose();

        Assert.Null(Record.Exception(() => clock.Late!()));
    }

    private static FrameReader Reader(string hex) =>
        new(new CutStream(FromHex(hex), int.MaxValue), TimeProvider.System, default);

    private static byte[] FromHex(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

    /// <summary>Its timers never fire by themselves, but may fire after they are disposed, as those of the system may.</summary>
    private sealed class LateClock : TimeProvider
    {
        public Action? Late { get; private set; }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Late = () => callback(state);
            return base.CreateTimer(static _ => { }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }
}
