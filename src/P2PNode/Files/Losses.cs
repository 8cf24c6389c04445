using P2PNode.Core.Catalogue;
using Serilog;

namespace P2PNode.Files;

/// <summary>
/// Decides which listed files are gone for good. What cannot be looked at is not gone, on a disk that is not mounted
/// nothing is gone, and a loss of most files at once waits for the word of a person.
/// </summary>
internal sealed class Losses(NodeFolder folder, BeneathFolder files, ListingStore listing, Scanner scanner, ILogger log)
{
    /// <summary>Missing paths are looked at together once none was added for so long, so that the guard sees them all.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    private readonly HashSet<string> _missing = new(StringComparer.Ordinal);
    private TimeSpan _firstMissing;
    private bool _confirmed;

    /// <summary>How many removals wait for a person's word.</summary>
    public int Held { get; private set; }

    /// <summary>When the paths that hints reported missing are to be looked at.</summary>
    public TimeSpan NextDue { get; private set; } = TimeSpan.MaxValue;

    /// <summary>Lets the removals that the next scan finds pass, however many they are.</summary>
    public void Confirm() => _confirmed = true;

    /// <summary>Notes a path at which nothing was found just now.</summary>
    public void Note(string path, TimeSpan now)
    {
        if (_missing.Count == 0)
            _firstMissing = now;
        if (_missing.Add(path))
            NextDue = TimeSpan.FromTicks(Math.Min((now + Quiet).Ticks, (_firstMissing + Longest).Ticks));
    }

    /// <summary>What is gone of the paths that were noted, and of all below them.</summary>
    public IReadOnlyList<FileEntry> TakeDue()
    {
        var below = _missing.GetAlternateLookup<ReadOnlySpan<char>>();
        var suspects = _missing.All(path => listing.Find(path) is not null)
            ? _missing.Select(path => listing.Find(path)!.Value.Entry).ToList()
            : listing.Where(listed => IsIn(listed.Entry.Path.Value, below));
        _missing.Clear();
        NextDue = TimeSpan.MaxValue;
        return Gone(suspects);
    }

    /// <summary>What is gone by the evidence of a scan.</summary>
    public IReadOnlyList<FileEntry> Of(ScanReport report)
    {
        var unsearched = report.Unsearched.ToHashSet(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        var searched = report.Folders.ToHashSet(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        var everywhere = report.Folders.Contains("");
        if (report.Unsearched.Contains(""))
            return [];
        if (everywhere)
            Held = 0;
        var gone = Gone(listing.Where(listed => listed.Seen != report.Number
            && (everywhere || IsIn(listed.Entry.Path.Value, searched))
            && !IsIn(listed.Entry.Path.Value, unsearched)));
        _confirmed &= !everywhere;
        return gone;
    }

    /// <summary>Whether a path is one of a set or lies below one.</summary>
    private static bool IsIn(ReadOnlySpan<char> path, HashSet<string>.AlternateLookup<ReadOnlySpan<char>> set)
    {
        if (set.Set.Count == 0)
            return false;
        for (var end = path.Length; end > 0; end = path[..end].LastIndexOf('/'))
        {
            if (set.Contains(path[..end]))
                return true;
        }

        return false;
    }

    private List<FileEntry> Gone(List<FileEntry> suspects)
    {
        suspects.RemoveAll(entry => !IsGone(entry));
        if (suspects.Count == 0)
            return suspects;
        if (!folder.IsMarked)
        {
            Held = suspects.Count;
            log.LossWithoutMarker(suspects.Count, folder.Root);
            return [];
        }

        if (_confirmed || !LossGuard.Holds(suspects, listing))
            return suspects;
        Held = suspects.Count;
        log.LossHeld(suspects.Count, listing.Count);
        return [];
    }

    private bool IsGone(FileEntry entry)
    {
        try
        {
            return (entry.Kind, files.StatusOf(entry.Path.Value).Kind) switch
            {
                (EntryKind.File, FileKind.File) => scanner.NodeAround(entry.Path.Value) is not null,
                (EntryKind.EmptyFolder, FileKind.Folder) => !scanner.IsEmpty(entry.Path.Value),
                _ => true,
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.CannotLookAt(entry.Path, e);
            return false;
        }
    }
}
