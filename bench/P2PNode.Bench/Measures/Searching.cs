using P2PNode.Core;
using P2PNode.Core.Catalogue;

namespace P2PNode.Bench.Measures;

/// <summary>What CPU time it takes the leader to find files in a large catalogue, in this process and without the way there.</summary>
internal static class Searching
{
    public const string Name = "search";

    private const int Owners = 4;
    private const int FilesOfOne = 250_000;
    private const int Rounds = 15;

    private static readonly (string What, FileQuery Query)[] Questions =
    [
        ("a text that no path has", Of("nothing-like-this")),
        ("a text that 10,000 paths have, the first 100 by name", Of("7.pdf") with { Order = FileOrder.Name, Limit = 100 }),
        ("a text that all paths have, the first 100 by name", Of("file") with { Order = FileOrder.Name, Limit = 100 }),
        ("a text that all paths have, the last 100 by time", Of("file") with { Order = FileOrder.Mtime, Reverse = true, Limit = 100 }),
        ("a glob that all names match, `*.pdf`", Of("*.pdf") with { Limit = 100 }),
        ("a glob over whole paths, `**/year-2*/*3?.pdf`", Of("**/year-2*/*3?.pdf")),
        ("all of at least 1 MiB, the 100 largest", new() { MinSize = 1 << 20, Order = FileOrder.Size, Reverse = true, Limit = 100 }),
    ];

    public static IReadOnlyList<Figure> Take(CancellationToken stop)
    {
        var catalogue = Fill(stop);
        return [.. Questions.Select(question => new Figure(
            $"search in {Owners * FilesOfOne:N0} files: {question.What}", "CPU ms", Times(catalogue, question.Query, stop)))];
    }

    private static List<double> Times(FileCatalogue catalogue, FileQuery query, CancellationToken stop)
    {
        catalogue.Find(query);
        var times = new List<double>();
        for (var i = 0; i < Rounds; i++)
        {
            stop.ThrowIfCancellationRequested();
            var started = Environment.CpuUsage.TotalTime;
            catalogue.Find(query);
            times.Add((Environment.CpuUsage.TotalTime - started).TotalMilliseconds);
        }

        return times;
    }

    /// <summary>Entries come in no order of their paths, so that neighbours lie far apart in memory: the worst case.</summary>
    private static FileCatalogue Fill(CancellationToken stop)
    {
        var catalogue = new FileCatalogue();
        var random = new Random(1);
        for (var owner = 1; owner <= Owners; owner++)
        {
            var listing = new Listing(new NodeId(owner), listId: 1, lastSeq: 0, []);
            var numbers = Enumerable.Range(0, FilesOfOne).ToArray();
            random.Shuffle(numbers);
            foreach (var number in numbers)
            {
                stop.ThrowIfCancellationRequested();
                var path = FilePath.Parse($"documents/year-{number % 40}/project {number % 977}/file number {number}.pdf");
                listing.Put(path, EntryKind.File, random.Next(2 << 20), DateTime.UnixEpoch.Ticks + number, executable: false, default);
            }

            foreach (var batch in listing.After(ListingPosition.Start))
                catalogue.Apply(batch);
        }

        return catalogue;
    }

    private static FileQuery Of(string text) =>
        PathPattern.TryParse(text, out var pattern, out var reason) ? new() { Pattern = pattern } : throw new FormatException(reason);
}
