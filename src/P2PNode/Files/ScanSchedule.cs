namespace P2PNode.Files;

/// <summary>Which folders are to be scanned, and when.</summary>
internal sealed class ScanSchedule
{
    private readonly Dictionary<string, TimeSpan> _wanted = new(StringComparer.Ordinal);

    /// <summary>When the next scan is due, provided that none is running.</summary>
    public TimeSpan NextDue(bool mayRun) => mayRun && _wanted.Count > 0 ? _wanted.Values.Min() : TimeSpan.MaxValue;

    /// <summary>Wants a folder with all below it scanned; "" is the whole space. The earlier time holds.</summary>
    public void Want(string folder, TimeSpan due)
    {
        if (!_wanted.TryGetValue(folder, out var before) || due < before)
            _wanted[folder] = due;
    }

    /// <summary>Takes out the folders that are due, but for those that lie in another one.</summary>
    public List<string> TakeDue(TimeSpan now)
    {
        var due = _wanted.Where(wanted => wanted.Value <= now).Select(wanted => wanted.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var folder in due)
            _wanted.Remove(folder);
        if (due.Contains(""))
            return [""];
        var tops = due.GetAlternateLookup<ReadOnlySpan<char>>();
        return [.. due.Where(folder => !HasParentIn(folder, tops))];
    }

    private static bool HasParentIn(ReadOnlySpan<char> folder, HashSet<string>.AlternateLookup<ReadOnlySpan<char>> set)
    {
        for (var end = folder.LastIndexOf('/'); end > 0; end = folder[..end].LastIndexOf('/'))
        {
            if (set.Contains(folder[..end]))
                return true;
        }

        return false;
    }
}
