using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Transfer;

namespace P2PNode.Node;

/// <summary>Empty folders that could not be made. Each is tried again, after twice as long a pause each time. Thread-safe.</summary>
internal sealed class UnmadeFolders
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<FilePath, Attempt> _attempts = [];

    private sealed record Attempt(FileEntry Folder, string Reason, int Number, TimeSpan Due);

    /// <summary>When the next one is to be tried again; null where none is.</summary>
    public TimeSpan? NextDue
    {
        get
        {
            lock (_gate)
                return _attempts.Count == 0 ? null : _attempts.Values.Min(attempt => attempt.Due);
        }
    }

    /// <summary>Why so many folders are not there.</summary>
    public IReadOnlyList<WaitingFiles> Reasons
    {
        get
        {
            lock (_gate)
                return [.. _attempts.Values.CountBy(attempt => attempt.Reason).Select(reason => new WaitingFiles(reason.Key, reason.Value))];
        }
    }

    /// <summary>Notes that a folder could not be made.</summary>
    /// <returns>Whether this is news: it did not fail for this reason the last time.</returns>
    public bool Add(FileEntry folder, string reason, TimeSpan now)
    {
        lock (_gate)
        {
            var last = _attempts.GetValueOrDefault(folder.Path);
            var number = last?.Number + 1 ?? 0;
            var pause = TimeSpan.FromTicks(Math.Min(FirstPause.Ticks << Math.Min(number, 10), LongestPause.Ticks));
            _attempts[folder.Path] = new Attempt(folder, reason, number, now + pause);
            return last?.Reason != reason;
        }
    }

    /// <summary>A folder is made, or not wanted any more.</summary>
    public void Remove(FilePath path)
    {
        lock (_gate)
            _attempts.Remove(path);
    }

    /// <summary>Which folders are to be tried now; each is then added again or removed.</summary>
    public IReadOnlyList<FileEntry> Due(TimeSpan now)
    {
        lock (_gate)
            return [.. _attempts.Values.Where(attempt => attempt.Due <= now).Select(attempt => attempt.Folder)];
    }
}
