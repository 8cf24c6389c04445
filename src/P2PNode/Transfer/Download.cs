using System.Collections.Immutable;
using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Core.Transfer;
using P2PNode.Files;

namespace P2PNode.Transfer;

/// <summary>
/// Fetches files of one owner from whoever has them, over several bulk links at once, and puts them in place. Each link
/// has a loop of its own that asks, takes and hashes; which of them asks for what, the plan decides. Thread-safe.
/// </summary>
internal sealed partial class Download : IDisposable
{
    /// <summary>Links that share a large file, and those of them that one holder serves.</summary>
    private const int MostLanes = 4;
    private const int MostLanesOfOneHolder = 2;

    private static readonly TimeSpan RedialAfter = TimeSpan.FromMilliseconds(250);

    /// <summary>A link that is one more than needed is not dialled for often.</summary>
    private static readonly TimeSpan RedialExtraAfter = TimeSpan.FromSeconds(5);

    /// <summary>The holder closes an idle link; it is ended a little before.</summary>
    private static readonly TimeSpan Idle = BulkServer.Idle - TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    /// <summary>Guards the plan; nothing is called under it that has a lock of its own but the queue of commits.</summary>
    private readonly Lock _gate = new();
    private readonly FetchPlan _plan = new(new FetchWindow());
    private readonly Dictionary<FetchItem, LargeFile> _large = [];

    /// <summary>What was taken out while it was on its way, and not put in again.</summary>
    private readonly HashSet<FilePath> _withdrawn = [];

    /// <summary>When a holder could last not be reached, or its link broke.</summary>
    private readonly Dictionary<NodeId, TimeSpan> _unreached = [];
    private readonly Pulse _changed = new();
    private readonly TaskGroup _tasks = new();
    private readonly CopyStore _store;
    private readonly PieceLayers _layers;
    private readonly IDownloading _user;
    private readonly CommitQueue _commits;
    private readonly TimeProvider _clock;
    private readonly long _started;
    private string? _away;

    public Download(NodeId owner, CopyStore store, PieceLayers layers, IDownloading user, TimeProvider clock)
    {
        (Owner, _store, _layers, _user, _clock, _started) = (owner, store, layers, user, clock, clock.GetTimestamp());
        _commits = new CommitQueue(store, IsMoreComing, OnCommitted, clock);
    }

    public NodeId Owner { get; }

    /// <summary>What is not in place yet, and why it waits longer than it should.</summary>
    public Pending Pending
    {
        get
        {
            lock (_gate)
            {
                var reasons = _plan.Reasons.CountBy(reason => reason).Select(reason => new WaitingFiles(reason.Key, reason.Value));
                return new Pending(_plan.Files, _plan.Bytes, [.. _away is null ? reasons : [new WaitingFiles(_away, _plan.Files)]]);
            }
        }
    }

    /// <summary>The large files that are on their way.</summary>
    public ImmutableArray<LargeTransfer> Transfers
    {
        get
        {
            lock (_gate)
            {
                return
                [
                    .. from item in _plan.Begun
                       where item.Pieces is not null
                       select new LargeTransfer(item.Entry, [.. _plan.Lanes.Select(lane => lane.Holder).Distinct()], DoneOf(item)),
                ];
            }
        }
    }

    private TimeSpan Now => _clock.GetElapsedTime(_started);

    /// <summary>Adds a file, or puts its newer version in the place of an older one.</summary>
    public void Add(FileEntry entry)
    {
        LargeFile? old;
        var isHere = _store.HasContent(entry);
        lock (_gate)
        {
            _withdrawn.Remove(entry.Path);
            old = Forget(_plan.Remove(entry.Path));
            var item = _plan.Add(entry, isHeld: isHere);
            if (isHere)
                Enqueue(item);
        }

        old?.Close(discard: false);
        _changed.Beat();
    }

    /// <summary>Takes a file out; if its copy comes to its place all the same, that is told.</summary>
    public void Remove(FilePath path)
    {
        LargeFile? old;
        lock (_gate)
        {
            var item = _plan.Remove(path);
            if (item is not null)
                _withdrawn.Add(path);
            old = Forget(item);
        }

        old?.Close(discard: true);
    }

    /// <summary>The file at this path is in place as it is listed: whatever was on its way, it stays.</summary>
    public void Settle(FilePath path)
    {
        lock (_gate)
            _withdrawn.Remove(path);
    }

    /// <summary>Runs until stopped; what is whole then is put in place before it returns.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            await TaskGroup.RunAsync([ConnectAsync, CopyAsync, _tasks.RunAsync, _commits.RunAsync], stop);
        }
        finally
        {
            // Not before: what is whole comes from the links, and those have only now ended.
            await _commits.CommitAsync();
            List<LargeFile> open;
            lock (_gate)
                open = [.. _large.Values];
            open.ForEach(file => file.Close(discard: false));
        }
    }

    public void Dispose() => _tasks.Dispose();

    private bool IsMoreComing()
    {
        lock (_gate)
            return IsAnythingUnderWay;
    }

    private void OnCommitted(IReadOnlyList<FetchItem> items, IReadOnlyList<(FetchItem Item, string Reason)> failures)
    {
        List<FileEntry> stored = [];
        List<FilePath> inVain = [];
        List<(FileEntry, string)> failed = [];
        lock (_gate)
        {
            foreach (var item in items)
            {
                if (_plan.Finished(item))
                    stored.Add(item.Entry);
                else if (_withdrawn.Contains(item.Entry.Path))
                    inVain.Add(item.Entry.Path);
            }

            failed.AddRange(failures.Where(failure => _plan.Failed(failure.Item, failure.Reason, Now)).Select(failure => (failure.Item.Entry, failure.Reason)));
            if (!IsAnythingUnderWay && _commits.IsEmpty)
                _withdrawn.Clear(); // Nothing is on its way any more.
        }

        _store.ForgetPartial(Owner, stored.Select(entry => entry.Path));
        if (stored.Count > 0)
            _user.Stored(stored);
        inVain.ForEach(_user.StoredInVain);
        if (failed.Count > 0)
            _user.Failed(failed);
        _changed.Beat();
    }

    /// <summary>Call under the gate; close what is returned outside of it.</summary>
    private LargeFile? Forget(FetchItem? item) => item is not null && _large.Remove(item, out var file) ? file : null;

    private static long DoneOf(FetchItem item) =>
        Math.Min(item.Entry.Size, (long)(item.Pieces!.Count - item.Pieces.Left) * PieceLayer.PieceSize);
}
