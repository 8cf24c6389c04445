namespace P2PNode.Core.Catalogue;

/// <summary>
/// The latest removals of a listing, at most <see cref="ListingLimits.MaxRemovals"/>: the oldest are forgotten first.
/// </summary>
internal sealed class RemovalLog(long floor)
{
    private static readonly Comparer<FileEntry> BySeq = Comparer<FileEntry>.Create((a, b) => a.Seq.CompareTo(b.Seq));

    private readonly Dictionary<FilePath, FileEntry> _byPath = [];
    private readonly SortedSet<FileEntry> _bySeq = new(BySeq);

    /// <summary>All removals with higher numbers are here; of those up to this one some are forgotten.</summary>
    public long Floor { get; private set; } = floor;

    /// <summary>Remembers the removal, the highest of all; returns the one that had to be forgotten for it, if any.</summary>
    public FileEntry? Add(FileEntry removal)
    {
        _byPath.Add(removal.Path, removal);
        _bySeq.Add(removal);
        if (_bySeq.Count <= ListingLimits.MaxRemovals)
            return null;

        var oldest = _bySeq.Min!;
        Floor = oldest.Seq;
        return TakeBack(oldest.Path);
    }

    /// <summary>The path is listed again: drops its removal and returns it; null if none is remembered.</summary>
    public FileEntry? TakeBack(FilePath path)
    {
        if (_byPath.Remove(path, out var removal))
            _bySeq.Remove(removal);
        return removal;
    }
}
