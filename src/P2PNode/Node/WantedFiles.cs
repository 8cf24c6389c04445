using P2PNode.Core;
using P2PNode.Core.Catalogue;

namespace P2PNode.Node;

/// <summary>A file that was asked for.</summary>
/// <param name="Row">As the leader lists it.</param>
/// <param name="Below">Its path within the folder that was asked for, or its name, or the owner's folder and its path.</param>
internal sealed record WantedFile(FileRow Row, string Below);

/// <summary>Finds out which files people mean.</summary>
internal sealed class WantedFiles(FilesQueries queries, NodeId self)
{
    /// <summary>So many candidates are named; the rest is counted.</summary>
    private const int MostCandidates = 20;

    /// <summary>More files are looked up in all that their owner lists, by one question.</summary>
    private const int MostAskedSingly = 32;

    /// <summary>All that is asked for, each file once.</summary>
    /// <exception cref="GetException">Something was not found, or is not unique: then nothing is to be fetched.</exception>
    /// <exception cref="NoLeaderException">No leader answered in time.</exception>
    public async Task<IReadOnlyList<WantedFile>> FindAsync(GetRequest request, CancellationToken stop)
    {
        var wanted = new List<WantedFile>();
        foreach (var text in request.What)
            wanted.AddRange(await FindAsync(text, stop));
        if (request.All)
        {
            var (files, _) = await queries.FindAsync(FileQuery.All, stop);
            wanted.AddRange(files.Rows.Where(row => row.Owner != self).Select(InOwnersFolder));
        }

        return [.. wanted.DistinctBy(file => (file.Row.Owner, file.Row.Entry.Path))];
    }

    /// <summary>Files of one owner as they are listed now; those that are no more are absent.</summary>
    /// <exception cref="NoLeaderException">No leader answered in time.</exception>
    public async Task<IReadOnlyDictionary<FilePath, FileRow>> FindAgainAsync(NodeId owner, IReadOnlyCollection<FilePath> paths, CancellationToken stop)
    {
        var asked = paths.ToHashSet();
        var found = new List<FileRow>();
        if (paths.Count <= MostAskedSingly)
        {
            foreach (var path in paths)
                found.AddRange(await RowsAsync(new FileQuery { Pattern = Parse($"NODE{owner}/{path}", PathMatch.PathOrName) }, stop));
        }
        else
        {
            found.AddRange(await RowsAsync(new FileQuery { Owner = owner }, stop));
        }

        return found.Where(row => asked.Contains(row.Entry.Path)).DistinctBy(row => row.Entry.Path).ToDictionary(row => row.Entry.Path);
    }

    private async Task<IReadOnlyList<FileRow>> RowsAsync(FileQuery query, CancellationToken stop) => (await queries.FindAsync(query, stop)).Files.Rows;

    private async Task<IEnumerable<WantedFile>> FindAsync(string text, CancellationToken stop)
    {
        var match = text.EndsWith('/') ? PathMatch.Folder : text.AsSpan().ContainsAny('*', '?') ? PathMatch.Pattern : PathMatch.PathOrName;
        var pattern = Parse(text, match);
        var (files, listings) = await queries.FindAsync(new FileQuery { Pattern = pattern }, stop);
        var path = pattern.Owner is null ? pattern.Text : pattern.Text[(pattern.Text.IndexOf('/') + 1)..];
        if (files.Found == 0)
            throw NotFound(text, match, listings, isFolder: match is PathMatch.PathOrName && await IsFolderAsync(text, stop));
        if (match is PathMatch.Pattern && CalledSo(path, files.Rows) is { Count: > 0 } called)
            return [TheOne(text, called, called)];
        return match switch
        {
            PathMatch.Pattern => files.Rows.Select(InOwnersFolder),
            PathMatch.Folder => OfOneOwner(text, files.Rows, path).Select(row => new WantedFile(row, row.Entry.Path.Value[path.Length..])),
            _ => [TheOne(text, At(path, files.Rows), files.Rows)],
        };
    }

    /// <summary>The files that have this very path, or else this very name, though it reads as a glob: it matches itself, too.</summary>
    private static IReadOnlyList<FileRow> CalledSo(string path, IReadOnlyList<FileRow> rows) =>
        At(path, rows) is { Count: > 0 } exact ? exact : [.. rows.Where(row => row.Entry.Path.Name == path)];

    private static IReadOnlyList<FileRow> At(string path, IReadOnlyList<FileRow> rows) => [.. rows.Where(row => row.Entry.Path.Value == path)];

    /// <summary>A person may have left out the '/' that tells a folder.</summary>
    private async Task<bool> IsFolderAsync(string text, CancellationToken stop) =>
        PathPattern.TryParse(text + "/", PathMatch.Folder, out var folder, out _)
        && (await queries.FindAsync(new FileQuery { Pattern = folder, Limit = 1 }, stop)).Files.Found > 0;

    /// <summary>The exact path comes before a name that is found in some folder.</summary>
    private static WantedFile TheOne(string text, IReadOnlyList<FileRow> exact, IReadOnlyList<FileRow> named)
    {
        var candidates = exact.Count > 0 ? exact : named;
        return candidates is [var row] ? new WantedFile(row, row.Entry.Path.Name) : throw Ambiguous(text, candidates.Select(row => new GetCandidate(row.Owner, row.Entry.Path.Value)));
    }

    private static IReadOnlyList<FileRow> OfOneOwner(string text, IReadOnlyList<FileRow> rows, string folder) =>
        rows.All(row => row.Owner == rows[0].Owner) ? rows : throw Ambiguous(text, rows.Select(row => row.Owner).Distinct().Select(owner => new GetCandidate(owner, folder)));

    private static WantedFile InOwnersFolder(FileRow row) => new(row, NameOf(row));

    private static string NameOf(FileRow row) => $"NODE{row.Owner}/{row.Entry.Path}";

    private static PathPattern Parse(string text, PathMatch match) =>
        PathPattern.TryParse(text, match, out var pattern, out var reason)
            ? pattern
            : throw new GetException(GetFault.Usage, $"'{text}' cannot be asked for: {reason}.");

    private static GetException NotFound(string text, PathMatch match, Completeness listings, bool isFolder)
    {
        var what = match switch
        {
            PathMatch.Folder => $"There is no folder '{text}' with files in it",
            PathMatch.Pattern => $"No file matches '{text}'",
            _ => isFolder ? $"There is no file '{text}', but a folder: '{text}/'" : $"There is no file '{text}'",
        };
        var missing = listings.IsWhole ? "" : $" (so far: {listings.Complete} of {listings.Expected} listings are complete)";
        return new GetException(GetFault.NotFound, $"{what}{missing}.");
    }

    private static GetException Ambiguous(string text, IEnumerable<GetCandidate> candidates)
    {
        var all = candidates.ToList();
        var shown = all.Take(MostCandidates).Select(one => $"\n  NODE{one.Peer}/{one.Path}");
        var rest = all.Count > MostCandidates ? $"\n  and {all.Count - MostCandidates} more" : "";
        return new GetException(GetFault.Ambiguous, $"'{text}' may be any of these:{string.Concat(shown)}{rest}", all);
    }
}
