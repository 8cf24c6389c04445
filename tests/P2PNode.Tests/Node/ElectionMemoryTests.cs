using P2PNode.Core;
using P2PNode.Core.Election;
using P2PNode.Node;
using P2PNode.Tests.Files;
using Serilog.Core;

namespace P2PNode.Tests.Node;

public sealed class ElectionMemoryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TwoClocks _clock = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_node_that_never_ran_has_no_past() => Assert.Equal(ElectionPast.None, Open().Past());

    [Fact]
    public void A_claim_is_remembered_with_the_time_since_it()
    {
        Open().Write(new Epoch(7), new NodeId(1), isClaim: true);
        _clock.Pass(TimeSpan.FromSeconds(0.4));

        Assert.Equal(new ElectionPast(new Epoch(7), new NodeId(1), TimeSpan.FromSeconds(0.4)), Open().Past());
    }

    [Fact]
    public void A_leader_followed_later_does_not_hide_the_own_claim()
    {
        var memory = Open();
        memory.Write(new Epoch(7), new NodeId(2), isClaim: true);
        _clock.Pass(TimeSpan.FromSeconds(0.1));
        Open().Write(new Epoch(8), new NodeId(1), isClaim: false);
        _clock.Pass(TimeSpan.FromSeconds(0.1));

        Assert.Equal(new ElectionPast(new Epoch(8), new NodeId(1), TimeSpan.FromSeconds(0.2)), Open().Past());
    }

    [Fact]
    public void A_node_that_only_followed_never_claimed()
    {
        Open().Write(new Epoch(7), new NodeId(1), isClaim: false);

        Assert.Equal(new ElectionPast(new Epoch(7), new NodeId(1), TimeSpan.MaxValue), Open().Past());
    }

    [Theory]
    [InlineData(3600)]
    [InlineData(-3600)]
    public void A_calendar_that_was_set_brings_no_claim_forward(double step)
    {
        Open().Write(new Epoch(7), new NodeId(1), isClaim: true);
        _clock.Pass(TimeSpan.FromSeconds(0.4));
        _clock.Calendar += TimeSpan.FromSeconds(step);

        Assert.True(Open().Past().SinceClaim <= TimeSpan.FromSeconds(0.4));
    }

    [Fact]
    public void A_machine_that_was_started_anew_brings_no_claim_forward()
    {
        _clock.Uptime = TimeSpan.FromSeconds(5);
        Open().Write(new Epoch(7), new NodeId(1), isClaim: true);
        _clock.Calendar += TimeSpan.FromSeconds(0.4);
        _clock.Uptime = TimeSpan.FromDays(1);

        Assert.Equal(TimeSpan.FromSeconds(0.4), Open().Past().SinceClaim);
    }

    [Fact]
    public void A_file_of_before_claims_were_timed_stands_for_a_claim_at_the_start()
    {
        _folder.Write("epoch", "41 3\n");
        var memory = Open();
        _clock.Pass(TimeSpan.FromSeconds(0.3));
        Assert.Equal(new ElectionPast(new Epoch(41), new NodeId(3), TimeSpan.FromSeconds(0.3)), memory.Past());

        memory.Write(new Epoch(42), new NodeId(2), isClaim: false);
        _clock.Pass(TimeSpan.FromSeconds(0.3));

        Assert.Equal(new ElectionPast(new Epoch(42), new NodeId(2), TimeSpan.FromSeconds(0.6)), Open().Past());
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("\0\0\0\0")]
    [InlineData("7\n")]
    [InlineData("7 1 5\n")]
    [InlineData("7 1 5 5 5\n")]
    [InlineData("7 0 5 5\n")]
    [InlineData("7 4294967297 5 5\n")]
    [InlineData("7 -1 5 5\n")]
    [InlineData("7 1 x 5\n")]
    [InlineData("7 1 5 99999999999999999999\n")]
    [InlineData("7 1 638000000000000000 5")]
    public void A_damaged_file_stands_for_a_claim_at_the_start_and_nothing_else(string content)
    {
        _folder.Write("epoch", content);

        Assert.Equal(new ElectionPast(default, null, TimeSpan.Zero), Open().Past());
    }

    [Fact]
    public void Any_times_are_read_without_fault()
    {
        _folder.Write("epoch", $"7 1 {long.MaxValue} {long.MaxValue}\n");

        Assert.True(Open().Past().SinceClaim < TimeSpan.Zero);
    }

    private ElectionMemory Open() => ElectionMemory.Open(new DurableNumbers(_folder["epoch"]), _clock, Logger.None);

    /// <summary>A calendar and a time since the machine's start, each of which a test can set.</summary>
    private sealed class TwoClocks : TimeProvider
    {
        public DateTimeOffset Calendar { get; set; } = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

        public TimeSpan Uptime { get; set; } = TimeSpan.FromHours(2);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => Calendar;

        public override long GetTimestamp() => Uptime.Ticks;

        public void Pass(TimeSpan time) => (Calendar, Uptime) = (Calendar + time, Uptime + time);
    }
}
