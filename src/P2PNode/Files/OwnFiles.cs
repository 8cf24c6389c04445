using System.Collections.Immutable;
using System.Threading.Channels;
using P2PNode.Core;
using P2PNode.Core.Catalogue;
using Serilog;

namespace P2PNode.Files;

/// <summary>
/// Keeps the listing true to the own space: a scan at the start and every minute, hints of the system's watcher in
/// between. One loop owns all decisions; hashing and scanning run beside it and report to it.
/// </summary>
public sealed class OwnFiles : IDisposable
{
    private const int MostInBatch = 1000;

    /// <summary>How far a scan may run ahead of the hashing.</summary>
    private const int MostDifferences = 8192;

    /// <summary>
    /// The watcher of .NET may fall silent without a word, as when a folder is moved out of the space; so each full scan
    /// begins with a new one, and comes as often as its cost allows (0.3 s of CPU for 100,000 files).
    /// </summary>
    private static readonly TimeSpan ScanEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ScanUnwatchedEvery = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    /// <summary>While hashing goes on, small batches are put together for so long.</summary>
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(50);

    private readonly Channel<Event> _inbox = Channel.CreateUnbounded<Event>(new() { SingleReader = true });
    private readonly SemaphoreSlim _differences = new(MostDifferences);
    private readonly SettleQueue _settling = new();
    private readonly BeneathFolder _files;
    private readonly ListingStore _listing;
    private readonly Scanner _scanner;
    private readonly Losses _losses;
    private readonly HashQueue _hashing;
    private readonly ReadyChanges _ready;
    private readonly ScanSchedule _schedule = new();
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly string _root;
    private readonly int _mostEntries;
    private readonly long _started;
    private FolderWatcher? _watcher;
    private bool _isUnwatched;
    private Task _scan = Task.CompletedTask;
    private ImmutableDictionary<string, string> _notShared = ImmutableDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>What was refused since the last scan of the whole space began.</summary>
    private ImmutableDictionary<string, string> _refused = ImmutableDictionary.Create<string, string>(StringComparer.Ordinal);

    private TimeSpan _publishAt;
    private TimeSpan _retryAt;
    private bool _scanning;
    private bool _scanEnded;

    public OwnFiles(
        NodeFolder folder, ListingStore listing, PieceLayers layers, TimeProvider clock, ILogger log, int mostEntries = ListingLimits.MaxEntries)
    {
        (_root, _listing, _clock, _log, _mostEntries) = (folder.Root, listing, clock, log, mostEntries);
        _started = clock.GetTimestamp();
        _files = folder.Files;
        _scanner = new Scanner(folder.Root, listing);
        _losses = new Losses(folder, _files, listing, _scanner, log);
        _ready = new ReadyChanges(listing, _files, _scanner, mostEntries);
        _hashing = new HashQueue(_files, layers, results => _inbox.Writer.TryWrite(new Hashed(results)));
    }

    /// <summary>What is not offered, or not in its present version, and why.</summary>
    public IReadOnlyList<NotShared> NotShared => [.. _notShared.Select(pair => new NotShared(pair.Key, pair.Value))];

    /// <summary>How many files went missing at once and are offered still, until a person confirms the loss.</summary>
    public int HeldRemovals => _losses.Held;

    private TimeSpan Now => _clock.GetElapsedTime(_started);

    /// <summary>Scans the whole space soon.</summary>
    public void Rescan() => _inbox.Writer.TryWrite(new ScanAsked(ConfirmsLoss: false));

    /// <summary>A person says that the missing files are to go; the next scan withdraws them.</summary>
    public void ConfirmRemovals() => _inbox.Writer.TryWrite(new ScanAsked(ConfirmsLoss: true));

    /// <summary>Runs until stopped.</summary>
    /// <param name="onChanges">Given each batch in turn; the next one waits for it.</param>
    /// <param name="stop">Ends the run.</param>
    public async Task RunAsync(Func<OwnChanges, CancellationToken, ValueTask> onChanges, CancellationToken stop)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        try
        {
            _schedule.Want("", Now);
            while (true)
            {
                Step(ending.Token);
                await PublishAsync(onChanges, stop);
                await WaitAsync(stop);
            }
        }
        finally
        {
            await ending.CancelAsync();
            _watcher?.Dispose();
            await Task.WhenAll(_scan, _hashing.WhenQuietAsync()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose()
    {
        _watcher?.Dispose();
        _differences.Dispose();
    }

    /// <summary>Watches from now on; what the watcher before did not tell, the scan that follows finds.</summary>
    private void Watch()
    {
        _watcher?.Dispose();
        try
        {
            _watcher = new FolderWatcher(_root, () => _inbox.Writer.TryWrite(Hinted.Instance), _log);
            _isUnwatched = false;
        }
        catch (IOException e)
        {
            if (!_isUnwatched)
                _log.NotWatching(e.Message, ScanUnwatchedEvery);
            (_watcher, _isUnwatched) = (null, true);
        }
    }

    private void Step(CancellationToken stop)
    {
        while (_inbox.Reader.TryRead(out var next))
            React(next);
        foreach (var what in _settling.TakeDue(Now))
            LookAgain(what);
        if (_losses.NextDue <= Now)
            _ready.AddRemoved(_losses.TakeDue());
        if (!_scanning && _schedule.TakeDue(Now) is { Count: > 0 } folders)
            BeginScan(folders, stop);
        _hashing.Dispatch(stop);
    }

    private void React(Event next)
    {
        switch (next)
        {
            case Hinted:
                TakeHints();
                break;
            case Met met:
                _differences.Release();
                Consider(met.What, renamed: false);
                break;
            case Hashed hashed:
                foreach (var (what, result) in hashed.Results)
                    Accept(what, result);
                break;
            case ScanEnded ended:
                EndScan(ended.Report);
                break;
            case ScanAsked asked:
                if (asked.ConfirmsLoss)
                    _losses.Confirm();
                _schedule.Want("", Now);
                break;
            case Failed failed:
                throw new InvalidOperationException("A scan ended by a fault of the program.", failed.Fault);
        }
    }

    private void TakeHints()
    {
        if (_watcher is null)
            return;
        var paths = _watcher.Take(out var lostTrack);
        if (lostTrack)
            _schedule.Want("", Now);
        foreach (var (path, renamed) in paths)
            Look(path, renamed);
    }

    private void Look(string path, bool renamed)
    {
        try
        {
            var status = _files.StatusOf(path);
            if (status.Kind is FileKind.Missing or FileKind.SymbolicLink or FileKind.Special)
                _losses.Note(path, Now);
            if (status.Kind is FileKind.Missing)
                return;
            if (Scanner.Refusal(status.Kind) is { } refusal)
                Refuse(path, refusal);
            else if (!FilePath.TryParse(path, out var name, out var reason))
                Refuse(path, reason);
            else if (status.Kind is FileKind.File && Scanner.Refusal(status.Stamp) is { } fault)
                Refuse(path, fault);
            else if (status.Kind is FileKind.File)
                Consider(new Difference(name, EntryKind.File, status.Stamp), renamed);
            else
                _schedule.WantTwice(path, Now);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Refuse(path, e.Message);
        }
    }

    /// <summary>Hashes a file if it stands still, or lets it wait.</summary>
    private void Consider(in Difference what, bool renamed)
    {
        if (_ready.AddWithoutHashing(what))
            return;
        if (RefusesAsFull(what.Path))
            return;
        var remaining = SettleQueue.Remaining(what, renamed, _clock.GetUtcNow());
        if (remaining > TimeSpan.Zero)
            _settling.Add(what, Now + remaining);
        else
            Take(what);
    }

    private bool RefusesAsFull(FilePath path)
    {
        if (_ready.HasRoomFor(path))
            return false;
        Refuse(path.Value, $"a node shares no more than {_mostEntries} files and empty folders");
        return true;
    }

    private void LookAgain(in Difference what)
    {
        try
        {
            if (_files.StatusOf(what.Path.Value).Stamp == what.Stamp)
                Take(what);
            else
                Look(what.Path.Value, renamed: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Refuse(what.Path.Value, e.Message);
        }
    }

    private void Take(in Difference what)
    {
        if (what.Kind is EntryKind.File)
            _hashing.Add(what);
        else
            _ready.AddEmptyFolder(what.Path);
    }

    private void Accept(in Difference what, HashResult result)
    {
        _hashing.Done(what);
        switch (result.Outcome)
        {
            case HashOutcome.Done:
                if (!RefusesAsFull(what.Path))
                    _ready.Add(new OwnChange(what.Path, EntryKind.File, what.Stamp, result.Root));
                break;
            case HashOutcome.Unreadable:
                Refuse(what.Path.Value, result.Reason!);
                break;
            default:
                Look(what.Path.Value, renamed: false);
                break;
        }
    }

    private void BeginScan(IReadOnlyList<string> folders, CancellationToken stop)
    {
        if (folders.Contains(""))
        {
            Watch();
            _refused = _refused.Clear();
        }

        (_scanning, _scan) = (true, Task.Run(() => Scan(folders, stop), CancellationToken.None));
    }

    private void Scan(IReadOnlyList<string> folders, CancellationToken stop)
    {
        try
        {
            var report = _scanner.Run(folders, what => Report(what, stop), stop);
            _inbox.Writer.TryWrite(new ScanEnded(report));
        }
        catch (Exception fault) when (!stop.IsCancellationRequested)
        {
            _inbox.Writer.TryWrite(new Failed(fault));
        }
    }

    private void Report(Difference what, CancellationToken stop)
    {
        _differences.Wait(stop);
        _inbox.Writer.TryWrite(new Met(what));
    }

    private void EndScan(ScanReport report)
    {
        _scanning = false;
        _ready.AddRemoved(_losses.Of(report));
        if (report.Folders.Contains(""))
        {
            _notShared = _refused;
            _scanEnded = true;
            _schedule.Want("", Now + (_watcher is null ? ScanUnwatchedEvery : ScanEvery));
        }

        foreach (var (path, reason) in report.NotShared)
            Refuse(path, reason);
    }

    private void Refuse(string path, string reason)
    {
        _refused = _refused.SetItem(path, reason);
        if (_notShared.TryGetValue(path, out var before) && before == reason)
            return;
        _notShared = _notShared.SetItem(path, reason);
        _log.NotShared(path, reason);
    }

    private async ValueTask PublishAsync(Func<OwnChanges, CancellationToken, ValueTask> onChanges, CancellationToken stop)
    {
        var complete = _scanEnded && _hashing.IsIdle;
        if (_ready.Count == 0 && !complete || Now < _retryAt)
            return;
        if (Now < _publishAt && !_hashing.IsIdle && _ready.Count < MostInBatch)
            return;
        do
        {
            var batch = _ready.Take(MostInBatch);
            if (Number(batch) is not { } entries)
                return;
            _ready.Published(batch);
            var ends = complete && _ready.Count == 0;
            _scanEnded &= !ends;
            await onChanges(new OwnChanges(entries, ends), stop);
        }
        while (_ready.Count > 0);
        _publishAt = Now + Gather;
    }

    /// <summary>Null where the disk refuses to keep the changes, which then must not be published.</summary>
    private ImmutableArray<FileEntry>? Number(List<OwnChange> batch)
    {
        try
        {
            return batch.Count == 0 ? [] : _listing.Append(batch);
        }
        catch (IOException e)
        {
            _log.ListingNotSaved(e, RetryAfter);
            _retryAt = Now + RetryAfter;
            return null;
        }
    }

    /// <summary>Waits for the next event, or for the time at which something is due.</summary>
    private async ValueTask WaitAsync(CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        if (_inbox.Reader.TryPeek(out _))
            return;
        var now = Now;
        TimeSpan[] times =
            [_settling.NextDue, _losses.NextDue, _schedule.NextDue(mayRun: !_scanning), NextPublication, now + ScanEvery];
        var wait = times.Min() - now;
        if (wait <= TimeSpan.Zero)
            return;
        using var timer = new CancellationTokenSource(wait, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, stop);
        try
        {
            await _inbox.Reader.WaitToReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // Something is due.
        }
    }

    private TimeSpan NextPublication => _ready.Count == 0 ? TimeSpan.MaxValue : _publishAt > _retryAt ? _publishAt : _retryAt;

    private abstract record Event;

    private sealed record Hinted : Event
    {
        public static readonly Hinted Instance = new();
    }

    private sealed record Met(Difference What) : Event;

    private sealed record Hashed(IReadOnlyList<(Difference What, HashResult Result)> Results) : Event;

    private sealed record ScanEnded(ScanReport Report) : Event;

    private sealed record ScanAsked(bool ConfirmsLoss) : Event;

    private sealed record Failed(Exception Fault) : Event;
}
