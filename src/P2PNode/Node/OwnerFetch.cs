using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Protocol;
using P2PNode.Transfer;

namespace P2PNode.Node;

/// <summary>
/// Fetches files of one owner on demand, over a download of its own. Unlike a collection it comes to an end: it looks
/// after files that stand still, and gives them up when neither a new version nor another holder appears. For one use.
/// </summary>
internal sealed class OwnerFetch(NodeId owner, FetchSurroundings around, Action<FetchedFile> onStored, Action<FetchedFile, string, bool> onFailed) : IDownloading
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    /// <summary>Where many stand still the leader is asked less often: its answer may be long.</summary>
    private static readonly TimeSpan LookAtManyEvery = TimeSpan.FromSeconds(5);
    private const int Many = 32;

    /// <summary>How long a file that nobody gives waits for its owner to list a new version.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>The same where the leader has no copy yet, which it gets from the owner, and where some of it is here already.</summary>
    private static readonly TimeSpan LongPatience = TimeSpan.FromSeconds(20);

    private readonly Lock _gate = new();
    private readonly Dictionary<FilePath, FetchedFile> _pending = [];
    private readonly HolderFaults _faults = new(around.Clock);
    private readonly Pulse _changed = new();

    /// <summary>Returns once each file is stored or failed.</summary>
    public async Task RunAsync(IEnumerable<FetchedFile> files, CancellationToken stop)
    {
        using var download = new Download(owner, around.Store, around.Layers, this, around.Clock);
        using var shown = around.Board.Add(owner, () => download.Transfers);
        foreach (var file in files)
        {
            _pending.Add(file.Entry.Path, file);
            download.Add(file.Entry);
        }

        await TaskGroup.RunAsync([download.RunAsync, cut => LookAfterAsync(download, shown, cut)], stop);
    }

    IReadOnlyList<NodeId> IDownloading.HoldersOf(FileEntry entry)
    {
        lock (_gate)
            return _pending.TryGetValue(entry.Path, out var file) ? [.. file.Holders(around.Self).Where(_faults.MayBeAsked)] : [];
    }

    async Task<BulkClient?> IDownloading.ConnectAsync(NodeId holder, CancellationToken stop)
    {
        try
        {
            return await around.ConnectAsync(holder, stop);
        }
        catch (PeerException e)
        {
            NoteFault(holder, e);
            return null;
        }
    }

    void IDownloading.Stored(IReadOnlyList<FileEntry> files)
    {
        around.Stored(owner, files);
        foreach (var file in files)
        {
            if (Take(file.Path) is { } fetched)
                onStored(fetched);
        }

        lock (_gate)
        {
            foreach (var file in _pending.Values.Where(file => file.Reason is null))
                file.StuckSince = null; // They come one after another.
        }
    }

    void IDownloading.StoredInVain(FilePath path)
    {
        // An earlier version, or one that was given up: it is a copy like others.
    }

    void IDownloading.Failed(IReadOnlyCollection<(FileEntry File, string Reason)> failures)
    {
        lock (_gate)
        {
            foreach (var (entry, reason) in failures)
            {
                if (_pending.TryGetValue(entry.Path, out var file) && file.Entry == entry)
                    file.Reason = reason;
            }
        }
    }

    void IDownloading.Recalled(FileEntry file, int pieces, int of)
    {
        // It is seen in how far the file is.
    }

    void IDownloading.LinkLost(NodeId holder, PeerException reason) => NoteFault(holder, reason);

    private async Task LookAfterAsync(Download download, IDisposable shown, CancellationToken stop)
    {
        while (true)
        {
            var beat = _changed.Next;
            List<FetchedFile> stuck;
            var transfers = download.Transfers;
            lock (_gate)
            {
                if (_pending.Count == 0)
                    return;
                foreach (var transfer in transfers)
                    _pending.GetValueOrDefault(transfer.Entry.Path)?.Came(transfer.Done);
                stuck = [.. _pending.Values.Where(file => IsStuck(file) && !download.IsCopying(file.Entry.Path))];
            }

            if (stuck.Count > 0)
                await RenewAsync(download, shown, stuck, stop);
            await Pulse.WaitAsync(beat, stuck.Count > Many ? LookAtManyEvery : LookEvery, around.Clock, stop);
        }
    }

    private bool IsStuck(FetchedFile file) => file.Reason is not null || !file.Holders(around.Self).Any(_faults.MayBeAsked);

    private async Task RenewAsync(Download download, IDisposable shown, List<FetchedFile> stuck, CancellationToken stop)
    {
        var rows = await FindAgainAsync(stuck, stop);
        foreach (var file in stuck)
        {
            var path = file.Entry.Path;
            if (!rows.TryGetValue(path, out var row))
            {
                Fail(download, file, $"node {owner} offers it no more");
                continue;
            }

            bool? isNew;
            lock (_gate)
                isNew = file.Renew(row);
            if (isNew is null)
                Fail(download, file, "it changes faster than it can be fetched");
            else if (isNew.Value)
                download.Add(file.Entry);
            else if (around.Store.Find(owner, path) is { } copy && copy with { Seq = file.Entry.Seq } == file.Entry && Take(path) is { } collected)
                onStored(collected); // Where copies are kept of everything, it came that way.
            else if (HasWaitedEnough(file) && !around.Board.IsOnItsWayElsewhere(owner, path, shown))
                Fail(download, file, ReasonOf(file));
        }
    }

    /// <summary>The rows as they are now; where no leader says so, as they were.</summary>
    private async Task<IReadOnlyDictionary<FilePath, FileRow>> FindAgainAsync(List<FetchedFile> files, CancellationToken stop)
    {
        try
        {
            return await around.Wanted.FindAgainAsync(owner, [.. files.Select(file => file.Entry.Path)], stop);
        }
        catch (NoLeaderException)
        {
            return files.ToDictionary(file => file.Entry.Path, file => file.Row);
        }
    }

    private bool HasWaitedEnough(FetchedFile file)
    {
        var since = file.StuckSince ??= around.Clock.GetTimestamp();
        var mayCome = around.Leader is { } leader && leader != around.Self && !file.Row.Holders.Contains(leader);
        return around.Clock.GetElapsedTime(since) > (mayCome || file.Done > 0 ? LongPatience : Patience);
    }

    private string ReasonOf(FetchedFile file)
    {
        lock (_gate)
            return file.Reason ?? _faults.ReasonOf(file.Holders(around.Self)) ?? "nobody who has it is reached";
    }

    private void NoteFault(NodeId holder, PeerException reason)
    {
        around.LinkLost(holder, reason);
        lock (_gate)
            _faults.Note(holder, reason);
    }

    private void Fail(Download download, FetchedFile file, string reason)
    {
        download.Remove(file.Entry.Path);
        if (Take(file.Entry.Path) is null)
            return;
        var holders = file.Holders(around.Self).ToList();
        bool isRefused;
        lock (_gate)
            isRefused = file.Reason is null && holders.Count > 0 && holders.TrueForAll(_faults.Refused);

        onFailed(file, reason, isRefused);
    }

    /// <summary>Takes a file out of those that are pending; null where it was settled already.</summary>
    private FetchedFile? Take(FilePath path)
    {
        lock (_gate)
        {
            if (!_pending.Remove(path, out var file))
                return null;
            if (_pending.Count == 0)
                _changed.Beat();
            return file;
        }
    }
}
