namespace P2PNode.Files;

/// <summary>Which folders are to be scanned, and when.</summary>
internal sealed class ScanSchedule
{
    private readonly Dictionary<string, TimeSpan> _wanted = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TimeSpan> _again = new(StringComparer.Ordinal);

    /// <summary>When the next scan is due, provided that none is running.</summary>
    public TimeSpan NextDue(bool mayRun) => mayRun && _wanted.Count > 0 ? _wanted.Values.Min() : TimeSpan.MaxValue;

    /// <summary>Wants a folder with all below it scanned; "" is the whole space. The earlier time holds.</summary>
    public void Want(string folder, TimeSpan due)
    {
        if (!_wanted.TryGetValue(folder, out var before) || due < before)
            _wanted[folder] = due;
    }

    /// <summary>
    /// Wants a new folder scanned now and again when it has stood still: what comes into it before the system watches it
    /// raises no event.
    /// </summary>
    public void WantTwice(string folder, TimeSpan now)
    {
        Want(folder, now);
        _again[folder] = now + SettleQueue.Still;
    }

    /// <summary>Takes out the folders that are due; a scan of the whole space makes all others needless.</summary>
    public List<string> TakeDue(TimeSpan now)
    {
        var due = _wanted.Where(wanted => wanted.Value <= now).Select(wanted => wanted.Key).ToList();
        foreach (var folder in due)
        {
            _wanted.Remove(folder);
            if (_again.Remove(folder, out var again))
                Want(folder, again);
        }

        return due.Contains("") ? [""] : due;
    }
}
