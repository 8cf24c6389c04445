using P2PNode.Core;
using P2PNode.Core.Election;
using Serilog;

namespace P2PNode.Node;

/// <summary>
/// The file from which a restarted node learns its epoch, its leader and when it last claimed. That time is kept by two
/// clocks, the calendar and the time since the machine's start: one may be set, the other begins anew, and the one that
/// says less is believed, so that no claim comes too early.
/// </summary>
internal sealed class ElectionMemory
{
    private readonly DurableNumbers _file;
    private readonly TimeProvider _clock;
    private Epoch _epoch;
    private NodeId? _leader;
    private ClaimTime _claim;

    private ElectionMemory(DurableNumbers file, TimeProvider clock) => (_file, _clock) = (file, clock);

    /// <summary>Reads what there is. A file that is damaged, or lacks the time, stands for a claim at this moment.</summary>
    public static ElectionMemory Open(DurableNumbers file, TimeProvider clock, ILogger log)
    {
        var memory = new ElectionMemory(file, clock);
        try
        {
            memory.Load();
        }
        catch (InvalidDataException e)
        {
            log.EpochLost(e.Message);
            memory._claim = ClaimTime.Now(clock);
        }

        return memory;
    }

    public ElectionPast Past() => new(_epoch, _leader, _claim.Ago(_clock));

    /// <summary>Returns once all is on disk.</summary>
    public void Write(Epoch epoch, NodeId leader, bool isClaim)
    {
        (_epoch, _leader) = (epoch, leader);
        if (isClaim)
            _claim = ClaimTime.Now(_clock);
        _file.Write(epoch.Value, leader.Value, _claim.Calendar, _claim.Uptime);
    }

    private void Load()
    {
        if (_file.Read() is not { } numbers)
            return;
        if (numbers is not [var epoch, > 0 and <= int.MaxValue and var leader, .. var claim] || claim.Length is not (0 or 2))
            throw new InvalidDataException($"{_file.Path} is damaged: it should hold an epoch, a leader and two times.");
        (_epoch, _leader) = (new Epoch(epoch), new NodeId((int)leader));
        _claim = claim is [var calendar, var uptime] ? new ClaimTime(calendar, uptime) : ClaimTime.Now(_clock);
    }

    /// <summary>The time of a claim in ticks of 100 ns by both clocks; all zero where there was none.</summary>
    private readonly record struct ClaimTime(long Calendar, long Uptime)
    {
        public static ClaimTime Now(TimeProvider clock) => new(clock.GetUtcNow().UtcTicks, clock.GetElapsedTime(0).Ticks);

        public TimeSpan Ago(TimeProvider clock)
        {
            if (this == default)
                return TimeSpan.MaxValue;
            var now = Now(clock);
            return new TimeSpan(Math.Min(now.Calendar - Calendar, now.Uptime - Uptime));
        }
    }
}
