using P2PNode.Core;

namespace P2PNode.Files;

/// <summary>
/// Files that changed lately and wait until nobody writes to them any more. A file may go when its stamp has stood
/// still: for one second where it may still be written to, at once where its last change is that old already, and after
/// a moment where it came by a rename, since programs rename what they have finished.
/// </summary>
internal sealed class SettleQueue
{
    /// <summary>How long a file must have stood still.</summary>
    public static readonly TimeSpan Still = TimeSpan.FromSeconds(1);

    /// <summary>How long after a rename: enough for a program that goes on to set the time or the mode.</summary>
    public static readonly TimeSpan AfterRename = TimeSpan.FromMilliseconds(50);

    private readonly Dictionary<FilePath, (Difference What, TimeSpan Due)> _waiting = new(FilePathComparer.Instance);
    private readonly PriorityQueue<FilePath, TimeSpan> _order = new();

    /// <summary>Files that wait.</summary>
    public int Count => _waiting.Count;

    /// <summary>When the next file may be due.</summary>
    public TimeSpan NextDue => _order.TryPeek(out _, out var due) ? due : TimeSpan.MaxValue;

    /// <summary>How long a file must go on standing still; zero or less where it has done so already.</summary>
    /// <param name="what">The file as it was met.</param>
    /// <param name="renamed">Whether it came to its name by a rename just now.</param>
    /// <param name="utcNow">The clock that the file system's times come from.</param>
    public static TimeSpan Remaining(in Difference what, bool renamed, DateTimeOffset utcNow)
    {
        // A time in the future says nothing of when the file was written.
        var age = TimeSpan.FromTicks(Math.Max(0, utcNow.UtcTicks - what.Stamp.MtimeTicks));
        return renamed && age < Still ? AfterRename : Still - age;
    }

    /// <summary>Lets a file wait; where it waits already under the same stamp, the earlier time holds.</summary>
    public void Add(in Difference what, TimeSpan due)
    {
        if (_waiting.TryGetValue(what.Path, out var before) && before.What == what && before.Due <= due)
            return;
        _waiting[what.Path] = (what, due);
        _order.Enqueue(what.Path, due);
    }

    /// <summary>Takes out what is due. The caller looks whether it still has its stamp.</summary>
    public List<Difference> TakeDue(TimeSpan now)
    {
        var taken = new List<Difference>();
        while (_order.TryPeek(out var path, out var due) && due <= now)
        {
            _order.Dequeue();
            if (_waiting.TryGetValue(path, out var waiting) && waiting.Due == due && _waiting.Remove(path))
                taken.Add(waiting.What);
        }

        return taken;
    }
}
