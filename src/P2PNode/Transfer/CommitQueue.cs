using P2PNode.Core.Catalogue;
using P2PNode.Core.Transfer;
using P2PNode.Files;

namespace P2PNode.Transfer;

/// <summary>
/// Puts copies that are whole in place, many at a time, as one sync serves a whole group: while one group is synced the
/// next one gathers. Thread-safe.
/// </summary>
/// <param name="store">Where they go.</param>
/// <param name="isMoreComing">Whether a group may grow without delay, so that a small one is worth a short wait.</param>
/// <param name="onCommitted">Told each group that is in place, and what of it failed.</param>
/// <param name="clock">Times the waits.</param>
internal sealed class CommitQueue(
    CopyStore store,
    Func<bool> isMoreComing,
    Action<IReadOnlyList<FetchItem>, IReadOnlyList<(FetchItem Item, string Reason)>> onCommitted,
    TimeProvider clock)
{
    /// <summary>A larger group would delay its first files for little.</summary>
    private const int FilesOfOneGroup = 1024;
    private const long BytesOfOneGroup = 64 << 20;

    /// <summary>A file that is whole waits no longer for others than this.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly Pulse _changed = new();
    private List<(FetchItem Item, IncomingCopy Copy)> _whole = [];
    private long _bytes;
    private long _oldest;

    /// <summary>Whether nothing waits to be put in place.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_gate)
                return _whole.Count == 0;
        }
    }

    public void Add(FetchItem item, IncomingCopy copy)
    {
        bool wakes;
        lock (_gate)
        {
            if (_whole.Count == 0)
                _oldest = clock.GetTimestamp();
            _whole.Add((item, copy));
            _bytes += copy.Entry.Size;
            wakes = _whole.Count == 1 || IsFull;
        }

        if (wakes)
            _changed.Beat();
    }

    /// <summary>Has the queue look again: perhaps nothing more is coming.</summary>
    public void Review() => _changed.Beat();

    /// <summary>Runs until stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (true)
        {
            var beat = _changed.Next;
            if (TimeToWait() is var wait && wait > TimeSpan.Zero)
                await Pulse.WaitAsync(beat, wait, clock, stop);
            else
                await CommitAsync();
        }
    }

    private bool IsFull => _whole.Count >= FilesOfOneGroup || _bytes >= BytesOfOneGroup;

    private TimeSpan TimeToWait()
    {
        var more = isMoreComing();
        lock (_gate)
        {
            if (_whole.Count == 0)
                return TimeSpan.FromMinutes(1);
            return IsFull || !more ? TimeSpan.Zero : Patience - clock.GetElapsedTime(_oldest);
        }
    }

    /// <summary>Puts what is whole in place; call it once more when nothing runs any more.</summary>
    public async Task CommitAsync()
    {
        List<(FetchItem Item, IncomingCopy Copy)> group;
        lock (_gate)
        {
            if (_whole.Count == 0)
                return;
            (group, _whole, _bytes) = (_whole, [], 0);
        }

        var failures = await store.CommitAsync([.. group.Select(whole => whole.Copy)]);
        var reasons = new Dictionary<FileEntry, string>(ReferenceEqualityComparer.Instance);
        foreach (var failure in failures)
            reasons[failure.Entry] = failure.Reason.Message;
        var items = group.Select(whole => whole.Item).ToLookup(item => reasons.GetValueOrDefault(item.Entry));
        onCommitted([.. items[null]], [.. items.Where(alike => alike.Key is not null).SelectMany(alike => alike.Select(item => (item, alike.Key!)))]);
    }
}
