namespace P2PNode.Bench.Measures;

/// <summary>What one run cost.</summary>
/// <param name="Time">From the start of the processes.</param>
/// <param name="CpuByRole">User and system time of all processes meanwhile.</param>
/// <param name="PeakMemoryByRole">Of the largest of each role, in bytes; what its child processes share counts for each.</param>
/// <param name="Foreign">CPU time that others took on this machine meanwhile.</param>
/// <param name="Harness">CPU time that this program took meanwhile, to look on.</param>
internal sealed record RunFigures(
    TimeSpan Time,
    IReadOnlyDictionary<string, TimeSpan> CpuByRole,
    IReadOnlyDictionary<string, long> PeakMemoryByRole,
    TimeSpan Foreign,
    TimeSpan Harness)
{
    /// <summary>Above this share of the machine others spoil a run: it does not count.</summary>
    private const double ForeignShare = 0.15;

    public TimeSpan Cpu => TimeSpan.FromTicks(CpuByRole.Values.Sum(time => time.Ticks));

    public bool IsNoisy => Foreign > Time * Environment.ProcessorCount * ForeignShare + TimeSpan.FromMilliseconds(100);
}
