using P2PNode.Core.Catalogue;

namespace P2PNode.Files;

/// <summary>Holds back a loss so large that a person should look at it first: most of the files, all at once.</summary>
internal static class LossGuard
{
    /// <summary>So few may always go.</summary>
    public const int Always = 100;

    /// <summary>
    /// Whether these removals take more than half of the listing. What lives on under another name is not lost, or the
    /// renaming of a folder would raise the alarm.
    /// </summary>
    public static bool Holds(IReadOnlyCollection<FileEntry> missing, ListingStore listing)
    {
        var total = listing.Count;
        if (missing.Count <= Always || missing.Count * 2L <= total)
            return false;
        var gone = missing.Select(entry => entry.Path).ToHashSet(FilePathComparer.Instance);
        var kept = listing.Where(listed => listed.Entry.Kind is EntryKind.File && !gone.Contains(listed.Entry.Path))
            .Select(entry => entry.Root)
            .ToHashSet();
        var lost = missing.Count(entry => !kept.Contains(entry.Root));
        return lost > Always && lost * 2L > total;
    }
}
