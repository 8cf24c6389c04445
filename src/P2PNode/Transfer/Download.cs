using System.Collections.Immutable;
using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Core.Transfer;
using P2PNode.Files;
using P2PNode.Protocol;

namespace P2PNode.Transfer;

/// <summary>
/// Fetches files of one owner from whoever has them, over several bulk links at once, and puts them in place. Each link
/// has a loop of its own that asks, takes and hashes; which of them asks for what, the plan decides. Thread-safe.
/// </summary>
internal sealed class Download : IDisposable
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
        lock (_gate)
        {
            _withdrawn.Remove(entry.Path);
            old = Forget(_plan.Remove(entry.Path));
            _plan.Add(entry);
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
            await TaskGroup.RunAsync([ConnectAsync, _tasks.RunAsync, _commits.RunAsync], stop);
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

    internal FetchRange? Find(FetchLane lane, uint tag)
    {
        lock (_gate)
            return lane.Find(tag);
    }

    /// <summary>Whether what comes of a file over this link is still of use.</summary>
    internal bool IsWanted(FetchLane lane, FetchItem item)
    {
        lock (_gate)
            return !item.IsDropped && !item.IsLackedBy(lane.Holder);
    }

    internal void Answered(FetchLane lane, FetchRange range)
    {
        lock (_gate)
            lane.Answered(range);
    }

    internal void Lacks(FetchLane lane, FetchItem item, string reason)
    {
        lock (_gate)
            _plan.Lacks(lane, item, reason);
        _changed.Beat();
    }

    internal void Fail(FetchItem item, string reason)
    {
        bool isNews;
        LargeFile? file;
        lock (_gate)
        {
            isNews = _plan.Failed(item, reason, Now);
            file = Forget(item);
        }

        file?.Close(discard: false);
        if (isNews)
            _user.Failed([(item.Entry, reason)]);
        _changed.Beat();
    }

    internal void Whole(FetchItem item, IncomingCopy copy) => _commits.Add(item, copy);

    internal LargeFile? FileOf(FetchItem item)
    {
        lock (_gate)
            return _large.GetValueOrDefault(item);
    }

    /// <summary>A large file may begin; first what lies here of it is looked for, while other files go on.</summary>
    internal void LayerCame(FetchItem item, LargeFile file)
    {
        bool isWanted;
        lock (_gate)
        {
            if (isWanted = !item.IsDropped)
                _large.Add(item, file);
        }

        if (!isWanted)
        {
            file.Close(discard: false);
            return;
        }

        _ = _tasks.Start(stop =>
        {
            Recall(item, file, stop);
            return Task.CompletedTask;
        });
    }

    internal void PieceCame(FetchItem item, int piece)
    {
        LargeFile? whole = null;
        lock (_gate)
        {
            if (!item.IsDropped && _plan.Verified(item, piece))
                _large.Remove(item, out whole);
        }

        Finish(item, whole);
    }

    private void Recall(FetchItem item, LargeFile file, CancellationToken stop)
    {
        try
        {
            var found = _store.Recall(file.Copy, file.Layer.Span, stop);
            file.Have(found);
            if (found.Count > 0)
                _user.Recalled(item.Entry, found.Count, (int)PieceLayer.CountOf(item.Entry.Size));
            LargeFile? whole = null;
            lock (_gate)
            {
                if (!item.IsDropped)
                    item.Begin(found);
                if (!item.IsDropped && _plan.IsWhole(item))
                    _large.Remove(item, out whole);
            }

            Finish(item, whole);
            _changed.Beat();
        }
        catch (Exception e) when (e is CopyException or ObjectDisposedException)
        {
            Fail(item, e.Message); // Of a file that was taken out meanwhile this says nothing.
        }
    }

    private void Finish(FetchItem item, LargeFile? whole)
    {
        if (whole is null)
            return;
        _layers.Keep(item.Entry.Root, whole.Layer.Span);
        whole.Copy.Finish(piecesVerified: true);
        Whole(item, whole.Copy);
        _changed.Beat();
    }

    /// <summary>Sees to it that there is a link for whatever can be fetched.</summary>
    private async Task ConnectAsync(CancellationToken stop)
    {
        while (true)
        {
            var beat = _changed.Next;
            var (item, wait) = NeedsLane();
            if (item is null)
                await Pulse.WaitAsync(beat, wait, _clock, stop);
            else
                await ConnectForAsync(item, beat, stop);
        }
    }

    private async Task ConnectForAsync(FetchItem item, Task beat, CancellationToken stop)
    {
        var (holder, isExtra) = Choose(item, _user.HoldersOf(item.Entry));
        if (holder is { } chosen)
        {
            await PauseAsync(chosen, stop);
            if (await _user.ConnectAsync(chosen, stop) is { } client)
            {
                Open(chosen, client);
                return;
            }

            lock (_gate)
                _unreached[chosen] = Now;
            if (!isExtra && item.Lack is { } said)
                Fail(item, said); // Who was reached has another version; perhaps it has this one the next time.
            else if (!isExtra)
                await WaitForHolderAsync(stop);
        }
        else if (isExtra)
        {
            await Pulse.WaitAsync(beat, RedialExtraAfter, _clock, stop);
        }
        else if (item.Lack is { } lack)
        {
            Fail(item, lack);
        }
        else
        {
            await WaitForHolderAsync(stop);
        }
    }

    private (FetchItem? Item, TimeSpan Wait) NeedsLane()
    {
        lock (_gate)
        {
            var item = _plan.NeedsLane(Now, MostLanes);
            if (item is null)
                _away = null;
            return (item, _plan.NextDue is { } due && due - Now < LongestWait ? due - Now : LongestWait);
        }
    }

    /// <summary>
    /// The holder with the fewest links, one that was not reached just now last; null where none has the file, or each
    /// has links enough.
    /// </summary>
    private (NodeId? Holder, bool IsExtra) Choose(FetchItem item, IReadOnlyList<NodeId> holders)
    {
        lock (_gate)
        {
            var lanes = _plan.Lanes.Where(lane => !item.IsLackedBy(lane.Holder)).CountBy(lane => lane.Holder).ToDictionary();
            var isExtra = lanes.Count > 0;
            var free = holders.Where(id => !item.IsLackedBy(id) && lanes.GetValueOrDefault(id) < MostLanesOfOneHolder && !(isExtra && IsUnreached(id)));
            var best = free.OrderBy(id => (IsUnreached(id), lanes.GetValueOrDefault(id)));
            return (best.Cast<NodeId?>().FirstOrDefault(), isExtra);
        }
    }

    /// <summary>A holder that was left or not reached just now is given a moment.</summary>
    private async Task PauseAsync(NodeId holder, CancellationToken stop)
    {
        TimeSpan since;
        lock (_gate)
            since = _unreached.TryGetValue(holder, out var at) ? Now - at : TimeSpan.MaxValue;
        if (since < RedialAfter)
            await Task.Delay(RedialAfter - since, _clock, stop);
    }

    private bool IsUnreached(NodeId holder) => _unreached.TryGetValue(holder, out var at) && Now - at < RedialExtraAfter;

    private async Task WaitForHolderAsync(CancellationToken stop)
    {
        lock (_gate)
            _away = $"node {Owner} is not reached, and nobody else is known to have a copy";
        await Task.Delay(RedialAfter, _clock, stop);
    }

    private void Open(NodeId holder, BulkClient client)
    {
        FetchLane lane;
        lock (_gate)
        {
            lane = _plan.Open(holder);
            _away = null;
        }

        _ = _tasks.Start(stop => RunLaneAsync(lane, client, stop));
    }

    private async Task RunLaneAsync(FetchLane lane, BulkClient client, CancellationToken stop)
    {
        await using var closing = client;
        await using var cut = stop.Register(client.Abort);
        using var receiver = new Receiver(lane, this, _store);
        try
        {
            while (await AskAsync(lane, client, stop))
            {
                using var parcel = await client.TakeAsync();
                receiver.Take(parcel);
            }
        }
        catch (PeerException e)
        {
            lock (_gate)
                _unreached[lane.Holder] = Now;
            _user.LinkLost(lane.Holder, e);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            _user.LinkLost(lane.Holder, new PeerException(PeerFault.Lost, "it was cut"));
        }
        finally
        {
            lock (_gate)
                _plan.Close(lane);
            _changed.Beat();
            _commits.Review();
        }
    }

    /// <summary>Asks for what there is room for, and waits until something is under way; false after a long idle time.</summary>
    private async ValueTask<bool> AskAsync(FetchLane lane, BulkClient client, CancellationToken stop)
    {
        for (var idleSince = Now; ;)
        {
            var beat = _changed.Next;
            var (ranges, isUnderWay, due) = Next(lane);
            if (ranges.Count > 0)
                await client.AskAsync(Owner, ranges);
            if (isUnderWay)
                return true;
            _commits.Review();
            var left = Idle - (Now - idleSince);
            if (left <= TimeSpan.Zero)
                return false;
            await Pulse.WaitAsync(beat, due < left ? due : left, _clock, stop);
        }
    }

    private (List<FetchRange> Ranges, bool IsUnderWay, TimeSpan Due) Next(FetchLane lane)
    {
        List<FetchRange> ranges = [];
        lock (_gate)
        {
            while (_plan.Next(lane, Now) is { } range)
                ranges.Add(range);
            return (ranges, lane.IsUnderWay, _plan.NextDue is { } due ? due - Now : LongestWait);
        }
    }

    private bool IsMoreComing()
    {
        lock (_gate)
            return _plan.IsUnderWay;
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
            if (!_plan.IsUnderWay && _commits.IsEmpty)
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
