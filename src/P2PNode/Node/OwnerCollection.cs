using System.Collections.Immutable;
using System.Threading.Channels;
using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Core.Transfer;
using P2PNode.Files;
using P2PNode.Protocol;
using P2PNode.Transfer;

namespace P2PNode.Node;

/// <summary>What one collection lacks, and why it has waited longer than it should.</summary>
internal sealed record Pending(int Files, long Bytes, ImmutableArray<PendingReason> Reasons)
{
    public static readonly Pending Nothing = new(0, 0, []);
}

/// <summary>Changes of an owner's list.</summary>
/// <param name="Changes">What changed.</param>
/// <param name="ListId">The list that they belong to.</param>
/// <param name="IsWhole">Whether all that this list lacks is among them, or was before.</param>
internal sealed record ListChanges(IEnumerable<EntryChange> Changes, ulong ListId, bool IsWhole);

/// <summary>
/// Keeps this node's copies of one owner's files true to that owner's listing. One loop decides, asks and takes; while
/// one group of files is put in place the next one comes in. Owners never wait for one another.
/// </summary>
internal sealed class OwnerCollection(NodeId owner, CopyStore store, ICollecting collecting, TimeProvider clock)
{
    /// <summary>One sync serves a whole group; a larger one would delay its first files for little.</summary>
    private const int FilesOfOneGroup = 1024;
    private const long BytesOfOneGroup = 64 << 20;

    private static readonly TimeSpan RedialAfter = TimeSpan.FromMilliseconds(250);

    private readonly Channel<(Func<ListChanges> Changes, int Count)> _inbox =
        Channel.CreateUnbounded<(Func<ListChanges>, int)>(new() { SingleReader = true });

    /// <summary>What was no longer listed while it was on its way, and whether its copy is kept all the same.</summary>
    private readonly Dictionary<FilePath, bool> _withdrawn = [];

    private readonly FetchPlan _plan = new(new FetchWindow());
    private readonly long _started = clock.GetTimestamp();
    private (ImmutableArray<IncomingCopy> Group, Task<List<CopyFailure>> Failures)? _commit;

    /// <summary>Files that no ledger knows can only lie where a folder of copies was before.</summary>
    private readonly bool _mayAdopt = store.HasFolderOf(owner);
    private Pending _pending = Pending.Nothing;
    private int _posted;

    /// <summary>What is not in place yet; changes that were not looked at count as files.</summary>
    public Pending Pending
    {
        get
        {
            // In this order: what moves from one to the other meanwhile is counted twice rather than not at all.
            var posted = Volatile.Read(ref _posted);
            var pending = Volatile.Read(ref _pending);
            return posted > 0 ? pending with { Files = pending.Files + posted } : pending;
        }
    }

    private TimeSpan Now => clock.GetElapsedTime(_started);

    /// <summary>Hands about so many changes of the listing in; they are enumerated on this collection's own loop.</summary>
    public void Post(Func<ListChanges> changes, int count)
    {
        Interlocked.Add(ref _posted, count);
        _inbox.Writer.TryWrite((changes, count));
    }

    /// <summary>Runs until stopped; what came in part is then given up, what was whole is in place.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (true)
        {
            TakeChanges(stop);
            if (_plan.Peek(Now) is not { } needed)
                await WaitForWorkAsync(Timeout.InfiniteTimeSpan, stop);
            else if (await collecting.ConnectAsync(owner, needed.Path, stop) is { } client)
                await FetchAsync(client, stop);
            else
                await WaitForHolderAsync(stop);
        }
    }

    private Task WaitForHolderAsync(CancellationToken stop)
    {
        Show();
        var away = new PendingReason($"node {owner} is not reached, and nobody else is known to have a copy", _plan.Files);
        Volatile.Write(ref _pending, _pending with { Reasons = [away] });
        return Task.Delay(RedialAfter, clock, stop);
    }

    /// <summary>Fetches over one link until there is nothing to fetch for a while, or the link ends.</summary>
    private async Task FetchAsync(BulkClient client, CancellationToken stop)
    {
        await using var closing = client;
        await using var cut = stop.Register(client.Abort);
        using var receiver = new Receiver(owner, _plan, store, clock, _started);
        try
        {
            while (true)
            {
                TakeChanges(stop);
                await AskAsync(client);
                if (_plan.IsUnderWay)
                {
                    using var parcel = await client.TakeAsync();
                    receiver.Take(parcel);
                    await PutInPlaceAsync(receiver, atOnce: !_plan.IsUnderWay);
                    continue;
                }

                await FinishGroupAsync();
                _withdrawn.Clear(); // Nothing is on its way any more.
                if (_plan.Peek(Now) is null && !await WaitForWorkAsync(BulkServer.Idle - TimeSpan.FromSeconds(5), stop))
                    return;
            }
        }
        catch (PeerException e)
        {
            collecting.LinkLost(owner, e.Message);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            collecting.LinkLost(owner, "it was cut");
        }
        finally
        {
            await PutInPlaceAsync(receiver, atOnce: true);
            await FinishGroupAsync();
            _withdrawn.Clear();
            _plan.LinkLost();
            Show();
        }
    }

    private async ValueTask AskAsync(BulkClient client)
    {
        List<FetchRange> ranges = [];
        while (_plan.Next(Now) is { } range)
            ranges.Add(range);
        if (ranges.Count > 0)
            await client.AskAsync(owner, ranges);
    }

    /// <summary>Starts to commit what is whole once it is worth a sync, or at once when nothing more is on its way.</summary>
    private async Task PutInPlaceAsync(Receiver receiver, bool atOnce)
    {
        collecting.Failed(owner, receiver.Failed);
        receiver.Failed.Clear();
        var enough = receiver.Whole.Count >= FilesOfOneGroup || receiver.Whole.Sum(copy => copy.Entry.Size) >= BytesOfOneGroup;
        if (receiver.Whole.Count == 0 || !(enough || atOnce))
            return;

        await FinishGroupAsync();
        ImmutableArray<IncomingCopy> group = [.. receiver.Whole];
        receiver.Whole.Clear();
        _commit = (group, store.CommitAsync(group));
        Show();
    }

    private async Task FinishGroupAsync()
    {
        if (_commit is not { } commit)
            return;
        var failures = await commit.Failures;
        _commit = null;
        collecting.Failed(owner, [.. failures
            .Where(failure => _plan.Failed(failure.Entry, failure.Reason.Message, Now))
            .Select(failure => (failure.Entry, failure.Reason.Message))]);

        var failed = failures.Select(failure => failure.Entry).ToHashSet<FileEntry>(ReferenceEqualityComparer.Instance);
        List<FileEntry> stored = [.. commit.Group.Select(copy => copy.Entry).Where(entry => !failed.Contains(entry))];
        collecting.Stored(owner, stored.FindAll(IsStillWanted), anew: true);
        Show();
    }

    /// <summary>Whether a file that is in place now is listed just so; one that is listed no more goes again.</summary>
    private bool IsStillWanted(FileEntry stored)
    {
        if (_plan.Finished(stored))
            return true;
        if (_withdrawn.Remove(stored.Path, out var keep))
            Remove([stored.Path], keep);
        return false; // Else a newer version is to come, and takes its place.
    }

    private void TakeChanges(CancellationToken stop)
    {
        if (!_inbox.Reader.TryPeek(out _))
            return;
        List<FilePath> removed = [];
        List<FileEntry> present = [];
        var taken = 0;
        while (_inbox.Reader.TryRead(out var posted))
        {
            Take(posted.Changes(), removed, present, stop);
            taken += posted.Count;
        }

        collecting.Stored(owner, present, anew: false);
        Show();
        Interlocked.Add(ref _posted, -taken);
    }

    private void Take(ListChanges posted, List<FilePath> removed, List<FileEntry> present, CancellationToken stop)
    {
        var keepsRemoved = !collecting.Continues(owner, posted.ListId);
        var kept = 0;
        foreach (var change in posted.Changes)
        {
            kept += change.After is null ? 1 : 0;
            Take(change, keepsRemoved, removed, present, stop);
        }

        Remove(removed, keepsRemoved);
        if (!posted.IsWhole || !keepsRemoved)
            return;

        // In this order: were the list followed first, a crash would leave what it lacks to be taken for deleted.
        if (store.TrySync())
            collecting.Followed(owner, posted.ListId, kept);
    }

    private void Remove(List<FilePath> paths, bool keep)
    {
        if (paths.Count == 0)
            return;
        if (keep)
        {
            store.Keep(owner, paths);
        }
        else
        {
            store.Remove(owner, paths);
            collecting.Removed(owner, [.. paths]);
        }

        paths.Clear();
    }

    private void Take(EntryChange change, bool keepsRemoved, List<FilePath> removed, List<FileEntry> present, CancellationToken stop)
    {
        var wasWanted = _plan.Remove(change.Path);
        _withdrawn.Remove(change.Path);
        if (change.After is not { } wanted)
        {
            if (wasWanted)
                _withdrawn[change.Path] = keepsRemoved;
            removed.Add(change.Path);
            return;
        }

        // First what goes, then what comes: a folder may take the place of a file.
        Remove(removed, keepsRemoved);
        if (wanted.Kind is EntryKind.EmptyFolder)
            MakeFolder(wanted);
        else if (IsInPlace(wanted, stop))
            present.Add(wanted);
        else
            _plan.Add(wanted);
    }

    private void MakeFolder(FileEntry wanted)
    {
        try
        {
            store.EnsureFolder(owner, wanted);
        }
        catch (CopyException e)
        {
            collecting.Failed(owner, [(wanted, e.Message)]);
        }
    }

    /// <summary>Whether the copy is there: by the ledger, or because the content was put in place before a crash.</summary>
    private bool IsInPlace(FileEntry wanted, CancellationToken stop) =>
        store.Find(owner, wanted.Path) is { } copy
            ? (copy.Seq > CopyStore.KeptSeq && copy with { Seq = wanted.Seq } == wanted) || (copy.Root == wanted.Root && store.Adopt(owner, wanted, stop))
            : _mayAdopt && store.Adopt(owner, wanted, stop);

    /// <summary>Returns once there are changes or a paused file is due; false when neither came in time.</summary>
    private async Task<bool> WaitForWorkAsync(TimeSpan patience, CancellationToken stop)
    {
        var wait = _plan.NextDue is { } due && (patience == Timeout.InfiniteTimeSpan || due - Now < patience) ? due - Now : patience;
        if (wait != Timeout.InfiniteTimeSpan && wait < TimeSpan.Zero)
            return true;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var change = _inbox.Reader.WaitToReadAsync(either.Token).AsTask();
        var first = await Task.WhenAny(change, Task.Delay(wait, clock, either.Token));
        await either.CancelAsync();
        stop.ThrowIfCancellationRequested();
        return first == change || _plan.NextDue <= Now;
    }

    private void Show() =>
        Volatile.Write(ref _pending, new Pending(
            _plan.Files,
            _plan.Bytes,
            [.. _plan.Reasons.CountBy(reason => reason).Select(reason => new PendingReason(reason.Key, reason.Value))]));
}
