using System.Collections.Immutable;
using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Files;
using Serilog.Core;

namespace P2PNode.Tests.Files;

/// <summary>A node's own space under watch: what was published so far, and waiting for what shall be.</summary>
internal sealed class OwnFilesRun : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly CancellationTokenSource _stop = new();
    private readonly NodeFolder _folder;
    private readonly ListingStore _listing;
    private readonly OwnFiles _files;
    private readonly Task _run;
    private readonly Lock _gate = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ImmutableList<OwnChanges> _batches = [];

    public OwnFilesRun(string folder, TimeProvider? clock = null, int mostEntries = ListingLimits.MaxEntries, long mostPathBytes = ListingLimits.MaxPathBytes)
    {
        _folder = NodeFolder.Open(folder, Logger.None);
        Layers = new PieceLayers(_folder, Logger.None);
        _listing = ListingStore.Open(_folder, new NodeId(1), Logger.None);
        _files = new OwnFiles(_folder, _listing, Layers, clock ?? TimeProvider.System, Logger.None, mostEntries, mostPathBytes);
        Known = _listing.Snapshot();
        _run = _files.RunAsync(Note, _stop.Token);
    }

    /// <summary>What the listing held at the start.</summary>
    public ImmutableArray<FileEntry> Known { get; }

    public OwnFiles Files => _files;

    public PieceLayers Layers { get; }

    public ListingStore Listing => _listing;

    public NodeFolder Folder => _folder;

    public ImmutableList<OwnChanges> Batches
    {
        get
        {
            lock (_gate)
                return _batches;
        }
    }

    public IEnumerable<FileEntry> Published => Batches.SelectMany(batch => batch.Entries);

    /// <summary>What a reader of the batches takes for the listing: path and kind.</summary>
    public SortedDictionary<string, EntryKind> Offered
    {
        get
        {
            var offered = new SortedDictionary<string, EntryKind>(StringComparer.Ordinal);
            foreach (var entry in Known.Concat(Published))
            {
                if (entry.Kind is EntryKind.Removed)
                    offered.Remove(entry.Path.Value);
                else
                    offered[entry.Path.Value] = entry.Kind;
            }

            return offered;
        }
    }

    public Task UntilScannedAsync(int times = 1) => UntilAsync(() => Batches.Count(batch => batch.EndsScan) >= times);

    public Task UntilOfferedAsync(params string[] paths) => UntilAsync(() => Offered.Keys.SequenceEqual(paths));

    public async Task UntilAsync(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        while (true)
        {
            Task changed;
            lock (_gate)
                changed = _changed.Task;
            if (condition())
                return;
            if (_run.IsCompleted)
                await _run;
            Task next = Task.WhenAny(changed, _run);
            await next.WaitAsync(deadline.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Assert.False(deadline.IsCancellationRequested, $"After {Deadline} there is: {string.Join(", ", Offered)}; published were: {string.Join(", ", Published)}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _files.Dispose();
        _listing.Dispose();
        _folder.Dispose();
        _stop.Dispose();
    }

    private ValueTask Note(OwnChanges changes, CancellationToken stop)
    {
        TaskCompletionSource before;
        lock (_gate)
        {
            _batches = _batches.Add(changes);
            (before, _changed) = (_changed, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        before.SetResult();
        return ValueTask.CompletedTask;
    }
}
