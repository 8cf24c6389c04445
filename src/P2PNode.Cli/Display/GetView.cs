using System.Globalization;
using P2PNode.Node;

namespace P2PNode.Cli.Display;

/// <summary>Tells a person what became of the files that were to be fetched.</summary>
internal static class GetView
{
    /// <param name="files">What became of each file.</param>
    /// <param name="totals">What became of all.</param>
    /// <param name="screen">Where it is told.</param>
    public static void Write(IReadOnlyList<GetOutcome> files, GetTotals totals, Screen screen)
    {
        if (files is [{ Result: not GetResult.Failed } one])
            screen.Line(Sentence(one));
        else if (files.Count != 1)
            screen.Line(Sum(files, totals));
    }

    /// <summary>A sentence for each file that could not be had.</summary>
    public static IEnumerable<string> Failures(IEnumerable<GetOutcome> files) => files
        .Where(file => file.Result is GetResult.Failed)
        .Select(file => $"Not fetched: {NameOf(file)}: {file.Reason?.TrimEnd('.')}.");

    /// <summary>One file in a sentence.</summary>
    public static string Sentence(GetOutcome file) => file.Result switch
    {
        GetResult.Fetched when file.FromHere => $"Fetched {NameOf(file)} ({Words.Size(file.Size)}), written from the copy here: {file.SavedAs}",
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
            .. Part("written from copies here", files.Count(file => file.FromHere)),
            .. Part("here already", files.Count(file => file.Result is GetResult.Here)),
            .. Part("this node's own", files.Count(file => file.Result is GetResult.Own)),
            .. Part("not fetched", files.Count(file => file.Result is GetResult.Failed)),
        ];
        return string.Join("; ", parts) + ".";
    }

    private static IEnumerable<string> Part(string what, int files) => files == 0 ? [] : [$"{what}: {Words.Files(files)}"];

    private static string NameOf(GetOutcome file) => $"NODE{file.Peer}/{file.Path}";
}
