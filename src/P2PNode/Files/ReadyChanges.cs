using P2PNode.Core;
using P2PNode.Core.Catalogue;

namespace P2PNode.Files;

/// <summary>
/// Changes that wait to be published, one for each path. Sees to it that a folder is listed as empty exactly while
/// nothing in it is listed.
/// </summary>
internal sealed class ReadyChanges(ListingStore listing, BeneathFolder files, Scanner scanner, int mostEntries, long mostPathBytes)
{
    private readonly Dictionary<FilePath, OwnChange> _changes = new(FilePathComparer.Instance);

    private long _pathBytes;

    public int Count => _changes.Count;

    /// <summary>The first changes, which stay here until they are <see cref="Published"/>.</summary>
    public List<OwnChange> Take(int most) => [.. _changes.Values.Take(most)];

    /// <summary>
    /// Whether the listing can take this path too. Counts each change that waits as one entry more, so that the listing
    /// is full at no moment while they are numbered.
    /// </summary>
    public bool HasRoomFor(FilePath path) =>
        listing.Find(path.Value) is not null || _changes.ContainsKey(path)
        || (listing.Count + _changes.Count < mostEntries && listing.PathBytes + _pathBytes + ListingLimits.PathBytes(path) <= mostPathBytes);

    public void Published(List<OwnChange> changes)
    {
        foreach (var change in changes)
            Drop(change.Path);
    }

    /// <summary>A file as it is now.</summary>
    public void Add(in OwnChange change)
    {
        Put(change);
        LeaveEmptyFolders(change.Path.Value);
    }

    /// <summary>Settles a difference that needs no reading: what is listed already, or has changed its mode alone.</summary>
    public bool AddWithoutHashing(in Difference what)
    {
        if (what.Kind is not EntryKind.File || listing.Find(what.Path.Value) is not { } listed)
            return false;
        if (!listed.Has(what.Stamp, listed.Entry.Executable))
            return false;
        if (listed.Entry.Executable != what.Stamp.Executable)
            Add(new OwnChange(what.Path, EntryKind.File, what.Stamp, listed.Entry.Root));
        return true;
    }

    /// <summary>A folder with nothing in it, if it is that still.</summary>
    public void AddEmptyFolder(FilePath path)
    {
        if (IsEmptyFolder(path.Value) && listing.Find(path.Value)?.Entry.Kind is not EntryKind.EmptyFolder && HasRoomFor(path))
            Add(new OwnChange(path, EntryKind.EmptyFolder));
    }

    /// <summary>What is gone; folders that became empty thereby are listed as such.</summary>
    public void AddRemoved(IReadOnlyList<FileEntry> gone)
    {
        foreach (var entry in gone)
        {
            if (!_changes.ContainsKey(entry.Path))
                Put(new OwnChange(entry.Path, EntryKind.Removed));
        }

        foreach (var folder in gone.Select(entry => NearestFolder(entry.Path.Value)).OfType<string>().Distinct())
            AddEmptyFolder(FilePath.Parse(folder));
    }

    /// <summary>
    /// False also where the folder goes or is locked just now: a later hint or scan sees what has become of it.
    /// </summary>
    private bool IsEmptyFolder(string path)
    {
        try
        {
            return files.StatusOf(path).Kind is FileKind.Folder && scanner.IsEmpty(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>
    /// The folder that a path lay in, or the next one above that is still there; null for the top, and where the system
    /// does not say.
    /// </summary>
    private string? NearestFolder(string path)
    {
        try
        {
            for (var slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1))
            {
                if (files.StatusOf(path[..slash]).Kind is FileKind.Folder)
                    return path[..slash];
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What cannot be looked at is not listed as empty.
        }

        return null;
    }

    /// <summary>Folders above a listed path are not empty.</summary>
    private void LeaveEmptyFolders(string path)
    {
        for (var slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1))
        {
            var folder = path.AsSpan(0, slash);
            if (listing.Find(folder) is { Entry.Kind: EntryKind.EmptyFolder } listed)
                Put(new OwnChange(listed.Entry.Path, EntryKind.Removed));
            else if (_changes.GetAlternateLookup<ReadOnlySpan<char>>() is var changes
                && changes.TryGetValue(folder, out var change) && change.Kind is EntryKind.EmptyFolder)
                Drop(change.Path);
        }
    }

    private void Put(in OwnChange change)
    {
        if (_changes.TryAdd(change.Path, change))
            _pathBytes += ListingLimits.PathBytes(change.Path);
        else
            _changes[change.Path] = change;
    }

    private void Drop(FilePath path)
    {
        if (_changes.Remove(path))
            _pathBytes -= ListingLimits.PathBytes(path);
    }
}
