using P2PNode.Bench.Measures;

namespace P2PNode.Bench.Report;

/// <summary>The runs of one peer at one piece of work, taken together.</summary>
internal sealed class Summary
{
    private readonly IReadOnlyList<Sample> _all;
    private readonly List<Sample> _counted;
    private readonly Work _work;

    /// <summary>Runs that others disturbed count only where there is no other.</summary>
    public Summary(Work work, IReadOnlyList<Sample> samples)
    {
        (_work, _all) = (work, samples);
        var done = samples.Where(sample => sample.Figures is not null).ToList();
        var quiet = done.Where(sample => !sample.Figures!.IsNoisy).ToList();
        _counted = quiet.Count > 0 ? quiet : done;
    }

    public string Peer => _all[0].Peer;

    public int Runs => _all.Count;

    public int Counted => _counted.Count;

    public IReadOnlyList<double> Seconds => [.. Figures.Select(figures => figures.Time.TotalSeconds)];

    public double Cpu => Median.Of(Figures.Select(figures => figures.Cpu.TotalSeconds));

    public double? CpuPerGiB => Cpu / ((double?)_work.Bytes / (1 << 30));

    private IEnumerable<RunFigures> Figures => _counted.Select(sample => sample.Figures!);

    public double CpuOf(string role) =>
        Median.Of(Figures.Select(figures => figures.CpuByRole.GetValueOrDefault(role).TotalSeconds));

    /// <summary>The largest of all runs, in MiB.</summary>
    public double PeakMemory(string role) =>
        Figures.Max(figures => figures.PeakMemoryByRole.GetValueOrDefault(role)) / (double)(1 << 20);

    /// <summary>The product's time in parts of this peer's, run beside run: the median over the rounds that both have.</summary>
    public double? RatioTo(Summary other)
    {
        var ratios = _counted.Join(
            other._counted, mine => mine.Round, theirs => theirs.Round,
            (mine, theirs) => theirs.Figures!.Time / mine.Figures!.Time).ToList();
        return ratios.Count == 0 ? null : Median.Of(ratios);
    }
}
