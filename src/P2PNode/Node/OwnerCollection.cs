using System.Threading.Channels;
using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Files;
using P2PNode.Protocol;
using P2PNode.Transfer;

namespace P2PNode.Node;

/// <summary>Changes of an owner's list.</summary>
/// <param name="Changes">What changed.</param>
/// <param name="ListId">The list that they belong to.</param>
/// <param name="IsWhole">Whether all that this list lacks is among them, or was before.</param>
internal sealed record ListChanges(IEnumerable<EntryChange> Changes, ulong ListId, bool IsWhole)
{
    /// <summary>Whether what goes was in this very list before: its owner has deleted it.</summary>
    public bool AreDeletions { get; init; }
}

/// <summary>
/// Keeps this node's copies of one owner's files true to that owner's listing. One loop takes in what changed; what is to
/// be fetched, its download fetches beside it. Owners never wait for one another.
/// </summary>
internal sealed class OwnerCollection : IDownloading, IDisposable
{
    private readonly Channel<(Func<ListChanges> Changes, int Count)> _inbox =
        Channel.CreateUnbounded<(Func<ListChanges>, int)>(new() { SingleReader = true });

    private readonly NodeId _owner;
    private readonly CopyStore _store;
    private readonly ICollecting _collecting;
    private readonly Download _download;
    private readonly UnmadeFolders _unmade = new();
    private readonly TimeProvider _clock;
    private readonly long _started;

    /// <summary>Files that no ledger knows can only lie where a folder of copies was before, or where the ledger lost some.</summary>
    private volatile bool _mayAdopt;

    /// <summary>Whether what the list lacks stays; as the last change that was taken in has it.</summary>
    private volatile bool _keepsRemoved;
    private int _posted;

    public OwnerCollection(NodeId owner, CopyStore store, PieceLayers layers, ICollecting collecting, TimeProvider clock)
    {
        (_owner, _store, _collecting, _mayAdopt) = (owner, store, collecting, store.HasFolderOf(owner));
        (_clock, _started) = (clock, clock.GetTimestamp());
        _download = new Download(owner, store, layers, this, clock);
    }

    /// <summary>What is not in place yet; changes that were not looked at count as files.</summary>
    public Pending Pending
    {
        get
        {
            // In this order: what moves from one to the other meanwhile is counted twice rather than not at all.
            var posted = Volatile.Read(ref _posted);
            var pending = _download.Pending;
            var unmade = _unmade.Reasons;
            return pending with { Files = pending.Files + posted + unmade.Sum(reason => reason.Files), Waiting = [.. pending.Waiting, .. unmade] };
        }
    }

    /// <summary>The large files that are on their way.</summary>
    public IReadOnlyList<LargeTransfer> Transfers => _download.Transfers;

    private TimeSpan Now => _clock.GetElapsedTime(_started);

    /// <summary>Hands about so many changes of the listing in; they are enumerated on this collection's own loop.</summary>
    public void Post(Func<ListChanges> changes, int count)
    {
        Interlocked.Add(ref _posted, count);
        _inbox.Writer.TryWrite((changes, count));
    }

    /// <summary>Hands in what is listed where copies were lost.</summary>
    public void Restore(Func<ListChanges> listed, int count)
    {
        _mayAdopt = true;
        Post(listed, count);
    }

    /// <summary>Runs until stopped; what came in part is then given up, what was whole is in place.</summary>
    public Task RunAsync(CancellationToken stop) => TaskGroup.RunAsync([TakeChangesAsync, _download.RunAsync], stop);

    public void Dispose() => _download.Dispose();

    IReadOnlyList<NodeId> IDownloading.HoldersOf(FileEntry entry) => _collecting.HoldersOf(_owner, entry);

    Task<BulkClient?> IDownloading.ConnectAsync(NodeId holder, CancellationToken stop) => _collecting.ConnectAsync(holder, stop);

    void IDownloading.Stored(IReadOnlyList<FileEntry> files) => _collecting.Stored(_owner, files, anew: true);

    void IDownloading.StoredInVain(FilePath path) => Remove([path], _keepsRemoved);

    void IDownloading.Failed(IReadOnlyCollection<(FileEntry File, string Reason)> failures) => _collecting.Failed(_owner, failures);

    void IDownloading.Recalled(FileEntry file, int pieces, int of) => _collecting.Recalled(_owner, file, pieces, of);

    void IDownloading.LinkLost(NodeId holder, PeerException reason) => _collecting.LinkLost(holder, reason);

    private async Task TakeChangesAsync(CancellationToken stop)
    {
        while (true)
        {
            await WaitAsync(stop);
            List<FilePath> removed = [];
            List<FileEntry> present = [];
            var taken = 0;
            while (_inbox.Reader.TryRead(out var posted))
            {
                Take(posted.Changes(), removed, present, stop);
                taken += posted.Count;
            }

            _collecting.Stored(_owner, present, anew: false);
            Interlocked.Add(ref _posted, -taken);
            foreach (var folder in _unmade.Due(Now))
                MakeFolder(folder);
        }
    }

    /// <summary>Waits for changes, or until a folder is to be tried again.</summary>
    private async Task WaitAsync(CancellationToken stop)
    {
        var wait = _unmade.NextDue - Now ?? Timeout.InfiniteTimeSpan;
        if (wait <= TimeSpan.Zero && wait != Timeout.InfiniteTimeSpan)
            return;
        using var timer = new CancellationTokenSource(wait, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, stop);
        try
        {
            await _inbox.Reader.WaitToReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // A folder is due.
        }
    }

    private void Take(ListChanges posted, List<FilePath> removed, List<FileEntry> present, CancellationToken stop)
    {
        var isFollowed = _collecting.Continues(_owner, posted.ListId);
        _keepsRemoved = !isFollowed && !posted.AreDeletions;
        foreach (var change in posted.Changes)
            Take(change, removed, present, stop);

        Remove(removed, _keepsRemoved);
        if (!posted.IsWhole || isFollowed)
            return;

        // In this order: were the list followed first, a crash would leave what it lacks to be taken for deleted.
        if (_store.TrySync())
            _collecting.Followed(_owner, posted.ListId);
    }

    private void Remove(List<FilePath> paths, bool keep)
    {
        if (paths.Count == 0)
            return;
        if (keep)
        {
            _store.Keep(_owner, paths);
        }
        else
        {
            _store.Remove(_owner, paths);
            _collecting.Removed(_owner, [.. paths]);
        }

        paths.Clear();
    }

    private void Take(EntryChange change, List<FilePath> removed, List<FileEntry> present, CancellationToken stop)
    {
        _unmade.Remove(change.Path);
        if (change.After is not { } wanted)
        {
            _download.Remove(change.Path);
            removed.Add(change.Path);
            return;
        }

        // First what goes, then what comes: a folder may take the place of a file.
        Remove(removed, _keepsRemoved);
        if (wanted.Kind is EntryKind.File && !IsInPlace(wanted, stop))
        {
            _download.Add(wanted);
            return;
        }

        _download.Remove(change.Path);
        _download.Settle(change.Path);
        if (wanted.Kind is EntryKind.EmptyFolder)
            MakeFolder(wanted);
        else
            present.Add(wanted);
    }

    private void MakeFolder(FileEntry wanted)
    {
        try
        {
            _store.EnsureFolder(_owner, wanted);
            _unmade.Remove(wanted.Path);
        }
        catch (CopyException e) when (!_unmade.Add(wanted, e.Message, Now))
        {
            // It failed for this reason before.
        }
        catch (CopyException e)
        {
            _collecting.Failed(_owner, [(wanted, e.Message)]);
        }
    }

    /// <summary>Whether the copy is there: by the ledger, or because the content was put in place before a crash.</summary>
    private bool IsInPlace(FileEntry wanted, CancellationToken stop) =>
        _store.Find(_owner, wanted.Path) is { } copy
            ? _store.Has(_owner, wanted) || (copy.Root == wanted.Root && _store.Adopt(_owner, wanted, stop))
            : _mayAdopt && _store.Adopt(_owner, wanted, stop);
}
