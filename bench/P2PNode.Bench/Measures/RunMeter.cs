using P2PNode.Bench.Processes;

namespace P2PNode.Bench.Measures;

/// <summary>Takes the time, the CPU time and the memory of a run's processes, from when it is made.</summary>
internal sealed class RunMeter : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource _end = new();
    private readonly Dictionary<string, long> _peaks = [];
    private readonly Roles _roles;
    private readonly Task _sampling;
    private readonly TimeSpan _endedBefore = SystemCalls.CpuOfEndedChildren();
    private readonly TimeSpan _busyBefore = MachineLoad.Busy();
    private readonly TimeSpan _harnessBefore = Environment.CpuUsage.TotalTime;
    private readonly long _began = TimeProvider.System.GetTimestamp();

    public RunMeter(Roles roles)
    {
        _roles = roles;
        _sampling = SampleAsync();
    }

    /// <summary>What was used up to now.</summary>
    public async Task<RunFigures> ReadAsync()
    {
        var time = TimeProvider.System.GetElapsedTime(_began);
        var cpu = CpuByRole();
        var harness = Environment.CpuUsage.TotalTime - _harnessBefore;
        var busy = MachineLoad.Busy() - _busyBefore;
        await DisposeAsync();
        Sample();
        var foreign = busy - harness - TimeSpan.FromTicks(cpu.Values.Sum(spent => spent.Ticks));
        return new RunFigures(time, cpu, _peaks, foreign > TimeSpan.Zero ? foreign : TimeSpan.Zero, harness);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _sampling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Who has ended is an owner that has pushed its files.</summary>
    private Dictionary<string, TimeSpan> CpuByRole()
    {
        var cpu = _roles.Running
            .GroupBy(one => one.Role, one => ProcessTree.CpuOf(one.Process.Id).Ticks)
            .ToDictionary(role => role.Key, role => TimeSpan.FromTicks(role.Sum()));
        cpu[Roles.Owner] = cpu.GetValueOrDefault(Roles.Owner) + (SystemCalls.CpuOfEndedChildren() - _endedBefore);
        return cpu;
    }

    private async Task SampleAsync()
    {
        using var timer = new PeriodicTimer(Interval, TimeProvider.System);
        while (await timer.WaitForNextTickAsync(_end.Token))
            Sample();
    }

    private void Sample()
    {
        foreach (var (role, process) in _roles.Running)
            _peaks[role] = Math.Max(_peaks.GetValueOrDefault(role), ProcessTree.PeakMemoryOf(process.Id));
    }
}
