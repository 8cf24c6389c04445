using P2PNode.Bench.Measures;
using P2PNode.Bench.Peers;
using P2PNode.Bench.Processes;

namespace P2PNode.Bench.Report;

/// <summary>The results as tables that people read.</summary>
internal static class MarkdownReport
{
    public static IEnumerable<string> Lines(Results results) =>
    [
        .. results.Works.SelectMany(work => TableOf(work, results.Samples)),
        .. FigureTable(results.Figures),
        .. results.Failures.Concat(results.Notes).Select(sentence => sentence + "\n"),
    ];

    private static IEnumerable<string> TableOf(Work work, IReadOnlyList<Sample> samples)
    {
        var peers = samples.Where(sample => sample.Work == work.Name)
            .GroupBy(sample => sample.Peer)
            .Select(peer => new Summary(work, [.. peer]))
            .ToList();
        var ours = peers.Find(peer => peer.Peer == NodePeer.PeerName);
        var size = work.Bytes is { } bytes ? $" ({bytes / (double)(1 << 20):0.#} MiB)" : "";
        yield return $"### {work.Name}: {work.Title}{size}\n";
        yield return "| | seconds: median (min to max) | runs that count | CPU s: collector + owners | CPU s per GiB | peak MiB: collector / owner | time of p2pnode ÷ its time |";
        yield return "| --- | --- | --- | --- | --- | --- | --- |";
        foreach (var peer in peers)
            yield return Row(peer, ours);
        yield return "";
    }

    private static string Row(Summary peer, Summary? ours)
    {
        if (peer.Counted == 0)
            return $"| {peer.Peer} | failed | 0 of {peer.Runs} | | | | |";
        var ratio = ours is { Counted: > 0 } && ours != peer ? peer.RatioTo(ours) : null;
        return $"| {peer.Peer} | {Spread(peer.Seconds, "0.000")} | {peer.Counted} of {peer.Runs} "
            + $"| {peer.Cpu:0.00}: {peer.CpuOf(Roles.Collector):0.00} + {peer.CpuOf(Roles.Owner):0.00} | {peer.CpuPerGiB:0.00} "
            + $"| {peer.PeakMemory(Roles.Collector):0} / {peer.PeakMemory(Roles.Owner):0} | {ratio:0.00} |";
    }

    private static IEnumerable<string> FigureTable(List<Figure> figures)
    {
        if (figures.Count == 0)
            yield break;
        yield return "| of a node | median (min to max) | n |";
        yield return "| --- | --- | --- |";
        foreach (var figure in figures)
            yield return $"| {figure.Name} | {Spread(figure.Values, "0.0")} {figure.Unit} | {figure.Values.Count} |";
        yield return "";
    }

    private static string Spread(IReadOnlyList<double> values, string format) =>
        $"{Median.Of(values).ToString(format)} ({values.Min().ToString(format)} to {values.Max().ToString(format)})";
}
