using System.Globalization;
using P2PNode.Node;

namespace P2PNode.Cli.Display;

/// <summary>Tells a person what became of the files that were to be fetched.</summary>
internal static class GetView
{
    /// <param name="files">What became of each file.</param>
    /// <param name="totals">What became of all.</param>
    /// <param name="isElsewhere">Whether they were to be written to a place that was named.</param>
    /// <param name="screen">Where it is told.</param>
    public static void Write(IReadOnlyList<GetOutcome> files, GetTotals totals, bool isElsewhere, Screen screen)
    {
        if (files is [{ Result: not GetResult.Failed } one])
            screen.Line(Sentence(one, isElsewhere));
        else if (files.Count != 1)
            screen.Line(Sum(files, totals));
    }

    /// <summary>A sentence for each file that could not be had.</summary>
    public static IEnumerable<string> Failures(IEnumerable<GetOutcome> files) => files
        .Where(file => file.Result is GetResult.Failed)
        .Select(file => $"Not fetched: {NameOf(file)}: {file.Reason?.TrimEnd('.')}.");

    /// <summary>One file in a sentence.</summary>
    public static string Sentence(GetOutcome file, bool isElsewhere) => file.Result switch
    {
        GetResult.Here or GetResult.Own when isElsewhere => $"Copied {NameOf(file)} ({Words.Size(file.Size)}): {file.SavedAs}",
        GetResult.Fetched => $"Fetched {NameOf(file)} ({Words.Size(file.Size)}): {file.SavedAs}",
        GetResult.Here => $"Here already: {NameOf(file)}: {file.SavedAs}",
        GetResult.Own => $"This node's own file: {NameOf(file)}: {file.SavedAs}",
        _ => $"Not fetched: {NameOf(file)}: {file.Reason?.TrimEnd('.')}.",
    };

    private static string Sum(IReadOnlyList<GetOutcome> files, GetTotals totals)
    {
        var seconds = totals.Seconds.ToString("0.0", CultureInfo.InvariantCulture);
        string[] parts =
        [
            $"Fetched {Words.Files(totals.Fetched)}, {Words.Size(totals.Bytes)}, in {seconds} s",
            .. Part(files, GetResult.Here, "here already"),
            .. Part(files, GetResult.Own, "this node's own"),
            .. Part(files, GetResult.Failed, "not fetched"),
        ];
        return string.Join("; ", parts) + ".";
    }

    private static IEnumerable<string> Part(IReadOnlyList<GetOutcome> files, GetResult result, string what)
    {
        var count = files.Count(file => file.Result == result);
        return count == 0 ? [] : [$"{what}: {Words.Files(count)}"];
    }

    private static string NameOf(GetOutcome file) => $"NODE{file.Peer}/{file.Path}";
}
