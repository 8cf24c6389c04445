using P2PNode.Core;
using P2PNode.Core.Catalogue;

namespace P2PNode.Files;

/// <summary>
/// Which folders have something listed in them, so that changes can be brought into an order in which no file is ever
/// listed beside what lies under its path. Not thread-safe.
/// </summary>
internal sealed class ListedFolders
{
    private readonly Dictionary<FilePath, ListingStore.Listed> _entries;
    private readonly Dictionary<string, int> _below = new(StringComparer.Ordinal);

    public ListedFolders(Dictionary<FilePath, ListingStore.Listed> entries)
    {
        _entries = entries;
        foreach (var path in entries.Keys)
            Count(path, 1);
    }

    /// <summary>
    /// The changes, each after the removal of what is in its way: the file where it needs a folder, the content of the
    /// folder that is a file now. What the system reports as gone may come later, or not at all. Counts them as done.
    /// </summary>
    public List<OwnChange> Order(IReadOnlyCollection<OwnChange> changes)
    {
        var ordered = new List<OwnChange>(changes.Count);
        var now = new Dictionary<FilePath, EntryKind>(changes.Count, FilePathComparer.Instance);
        foreach (var change in changes)
        {
            if (change.Kind is not EntryKind.Removed)
            {
                foreach (var obstacle in InTheWayOf(change, now))
                    Add(new OwnChange(obstacle, EntryKind.Removed));
            }

            if (change.Kind is not EntryKind.Removed || KindAt(change.Path, now) is not EntryKind.Removed)
                Add(change);
        }

        return ordered;

        void Add(in OwnChange change)
        {
            var was = KindAt(change.Path, now) is not EntryKind.Removed;
            Count(change.Path, (change.Kind is EntryKind.Removed ? 0 : 1) - (was ? 1 : 0));
            now[change.Path] = change.Kind;
            ordered.Add(change);
        }
    }

    private List<FilePath> InTheWayOf(in OwnChange change, Dictionary<FilePath, EntryKind> now)
    {
        var path = change.Path.Value;
        var listed = _entries.GetAlternateLookup<ReadOnlySpan<char>>();
        var changed = now.GetAlternateLookup<ReadOnlySpan<char>>();
        for (var slash = path.IndexOf('/'); slash > 0; slash = path.IndexOf('/', slash + 1))
        {
            var above = path.AsSpan(0, slash);
            if (changed.TryGetValue(above, out var file, out var kind) ? kind is EntryKind.File
                : listed.TryGetValue(above, out file, out var entry) && entry.Entry.Kind is EntryKind.File)
                return [file];
        }

        if (change.Kind is not EntryKind.File || !_below.ContainsKey(path))
            return [];
        var folder = path + "/";
        return [.. _entries.Keys.Union(now.Keys, FilePathComparer.Instance)
            .Where(under => under.Value.StartsWith(folder, StringComparison.Ordinal) && KindAt(under, now) is not EntryKind.Removed)];
    }

    private EntryKind KindAt(FilePath path, Dictionary<FilePath, EntryKind> now) =>
        now.TryGetValue(path, out var kind) ? kind
        : _entries.TryGetValue(path, out var listed) ? listed.Entry.Kind
        : EntryKind.Removed;

    private void Count(FilePath path, int by)
    {
        var below = _below.GetAlternateLookup<ReadOnlySpan<char>>();
        for (var slash = by == 0 ? 0 : path.Value.LastIndexOf('/'); slash > 0; slash = path.Value.LastIndexOf('/', slash - 1))
        {
            var folder = path.Value.AsSpan(0, slash);
            if (below.TryGetValue(folder, out var count) && count + by == 0)
                below.Remove(folder);
            else
                below[folder] = count + by;
        }
    }
}
