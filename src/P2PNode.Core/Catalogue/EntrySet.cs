using System.Diagnostics.CodeAnalysis;

namespace P2PNode.Core.Catalogue;

/// <summary>
/// What a listing offers at one point of its life: entries by path, with their digest and sums kept up to date. No path
/// lies under a path that is a file. Not safe for concurrent use.
/// </summary>
internal sealed class EntrySet(int maxEntries = ListingLimits.MaxEntries, long maxPathBytes = ListingLimits.MaxPathBytes)
{
    private readonly OrderedPages<FileEntry, string, ByPath> _entries = new();

    /// <summary>128 bits, because two million files of hostile sizes overflow 64.</summary>
    private Int128 _bytes;

    public int Count => _entries.Count;

    public int Files { get; private set; }

    public long Bytes => long.CreateSaturating(_bytes);

    /// <summary>The sum of the lengths of all paths in UTF-8.</summary>
    public long PathBytes { get; private set; }

    public ListingDigest Digest { get; private set; }

    /// <summary>In ordinal order of their paths.</summary>
    public IEnumerable<FileEntry> Entries => _entries.All();

    public void Search(NodeId owner, FileSearch search) => search.Run(owner, _entries);

    public void PrepareSearch() => FileSearch.Prepare(_entries);

    public bool TryGet(FilePath path, [NotNullWhen(true)] out FileEntry? entry) => _entries.TryGet(path.Value, out entry);

    /// <summary>Adds or replaces; returns what stood at that path before.</summary>
    public FileEntry? Put(FileEntry entry)
    {
        if (_entries.Put(entry, out var before))
            Uncount(before);
        Digest = Digest.Plus(entry);
        _bytes += entry.Size;
        PathBytes += ListingLimits.PathBytes(entry.Path);
        Files += entry.Kind == EntryKind.File ? 1 : 0;
        return before;
    }

    /// <summary>Returns what stood at that path; null if nothing did.</summary>
    public FileEntry? Remove(FilePath path)
    {
        if (_entries.Remove(path.Value, out var before))
            Uncount(before);
        return before;
    }

    /// <summary>Adds entries that came from outside, in any order; says what makes them no list, or null.</summary>
    public string? Load(IEnumerable<FileEntry> entries, long lastSeq)
    {
        foreach (var entry in entries)
        {
            if ((EntryRules.FaultOf(entry) ?? RefusalOf(entry)) is { } fault)
                return fault;
            if (entry.Kind == EntryKind.Removed)
                return $"'{entry.Path}' is a removal, which no list holds";
            if (entry.Seq > lastSeq)
                return $"'{entry.Path}' has the number {entry.Seq}, though the last one given was {lastSeq}";
            if (Put(entry) is not null)
                return $"'{entry.Path}' is listed twice";
        }

        return null;
    }

    /// <summary>Why an entry, faultless by itself, cannot be put among these; null if it can.</summary>
    public string? RefusalOf(FileEntry entry)
    {
        var listed = TryGet(entry.Path, out var before);
        if (listed && before!.Kind == entry.Kind)
            return null;
        if (InTheWayOf(entry.Path, entry.Kind).FirstOrDefault() is { } obstacle)
            return $"'{entry.Path}' cannot be listed beside '{obstacle.Path}', for one is a file where the other needs a folder";
        if (listed)
            return null;
        if (Count >= maxEntries)
            return $"the list would exceed {maxEntries} entries";
        return PathBytes + ListingLimits.PathBytes(entry.Path) <= maxPathBytes ? null : $"the paths of the list would exceed {maxPathBytes} bytes";
    }

    /// <summary>
    /// The entries that cannot stand beside an entry of this kind at this path: a file above it, and, if it is a file
    /// itself, all that lies under it. An empty folder is in nobody's way.
    /// </summary>
    public IEnumerable<FileEntry> InTheWayOf(FilePath path, EntryKind kind)
    {
        if (FileAbove(path.Value) is { } above)
            return [above];
        if (kind != EntryKind.File)
            return [];

        var folder = path.Value + "/";
        return _entries.From(folder).TakeWhile(entry => entry.Path.Value.StartsWith(folder, StringComparison.Ordinal));
    }

    private FileEntry? FileAbove(string path)
    {
        var slash = path.LastIndexOf('/');
        if (slash < 0)
            return null;

        // A neighbour in the same folder proves that all above are folders, and most paths have one.
        if (_entries.TryGetBefore(path, out var before) && before.Path.Value.AsSpan().StartsWith(path.AsSpan(0, slash + 1)))
            return null;

        for (; slash >= 0; slash = path.LastIndexOf('/', slash - 1))
        {
            if (_entries.TryGet(path[..slash], out var above) && above.Kind == EntryKind.File)
                return above;
        }

        return null;
    }

    private void Uncount(FileEntry entry)
    {
        Digest = Digest.Minus(entry);
        _bytes -= entry.Size;
        PathBytes -= ListingLimits.PathBytes(entry.Path);
        Files -= entry.Kind == EntryKind.File ? 1 : 0;
    }
}
