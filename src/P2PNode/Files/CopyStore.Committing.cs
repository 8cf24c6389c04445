namespace P2PNode.Files;

/// <summary>How copies that are whole come to the disk, to their places and into the ledger.</summary>
public sealed partial class CopyStore
{
    /// <summary>
    /// Brings finished copies to the disk and into their places. When this returns, those that are not among the failures
    /// outlast a loss of power. Large groups cost far less for each file than small ones.
    /// </summary>
    public Task<List<CopyFailure>> CommitAsync(IReadOnlyList<IncomingCopy> copies) => Task.Run(() => Commit(copies));

    private List<CopyFailure> Commit(IReadOnlyList<IncomingCopy> copies)
    {
        if (copies.FirstOrDefault(copy => !copy.IsVerified) is { } unverified)
            throw new ArgumentException($"{unverified.Entry.Path} was not verified.", nameof(copies));
        var group = new CommitGroup(copies);
        var together = _fileSystem is not null && copies.Count >= SyncTogetherFrom;
        group.Each(copy => copy.Seal(sync: !together), discards: true);
        if (together)
        {
            group.All(SyncAll, discards: true);

            // The system tells a failure once: to whichever group syncs first.
            group.Each(TrustSyncs, discards: true);
        }

        lock (_gate)
        {
            using var placement = new CopyPlacement(_folder, _ledger, _trash);
            group.Each(placement.Place);
            Enter(group.Alive, copy => new KeptCopy(copy.Entry, copy.Stamp));
            var unsynced = group.All(() => SyncNames(placement.Touched, together));
            Enter(unsynced, _ => null);
        }

        return group.Failures;
    }

    /// <summary>Enters copies into the ledger, or strikes them where their row is null.</summary>
    private void Enter(IEnumerable<IncomingCopy> copies, Func<IncomingCopy, KeptCopy?> row)
    {
        foreach (var group in copies.GroupBy(copy => copy.Owner))
        {
            var kept = group.Select(row).OfType<KeptCopy>().ToList();
            Change(group.Key, kept, kept.Count > 0 ? [] : [.. group.Select(copy => copy.Entry.Path)]);
        }
    }

    private void SyncAll()
    {
        try
        {
            if (OperatingSystem.IsLinux())
                Durable.SyncFileSystem(_fileSystem!);
        }
        catch
        {
            Interlocked.Increment(ref _failedSyncs);
            throw;
        }
    }

    private void TrustSyncs(IncomingCopy copy)
    {
        if (copy.FailedSyncs != Volatile.Read(ref _failedSyncs))
            throw new IOException("the disk failed while it was written");
    }

    private void SyncNames(IReadOnlyCollection<string> folders, bool together)
    {
        if (together)
        {
            SyncAll();
            return;
        }

        foreach (var folder in folders)
            _folder.Files.SyncFolder(folder);
        _ledger.Sync();
    }
}
