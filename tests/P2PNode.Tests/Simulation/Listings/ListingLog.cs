namespace P2PNode.Tests.Simulation.Listings;

/// <summary>The log of an owner's listing on a disk that may lose what was not synced.</summary>
internal sealed class ListingLog(Mutation mutation)
{
    private readonly List<object> _records = [];
    private int _synced;

    public IReadOnlyList<object> Records => _records;

    public void Append(object record) => _records.Add(record);

    public void Sync() => _synced = mutation.DiskSyncs ? _records.Count : _synced;

    /// <summary>Replaces all at once and durably.</summary>
    public void Rewrite(IEnumerable<object> records)
    {
        _records.Clear();
        _records.AddRange(records);
        _synced = _records.Count;
    }

    /// <summary>A killed process loses nothing that it wrote; a host without power loses some or all since the last sync.</summary>
    public void Crash(Cluster cluster)
    {
        if (_records.Count == _synced || cluster.Dice.Next(2) == 0)
            return;
        var kept = cluster.Dice.Next(_synced, _records.Count);
        _records.RemoveRange(kept, _records.Count - kept);
        cluster.Count(Happening.UnsyncedWritesLost);
    }

    /// <summary>Somebody deletes the log, or it is damaged beyond use.</summary>
    public void Lose()
    {
        Rewrite(mutation.RenewsListIds ? [] : [.. _records.OfType<ListBegins>()]);
    }
}

/// <summary>The first record.</summary>
internal sealed record ListBegins(ulong ListId);
