using System.Threading.Channels;
using P2PNode.Core;
using P2PNode.Core.Catalogue;
using Serilog;

namespace P2PNode.Files;

/// <summary>
/// Keeps the listing true to the own space: a scan at the start and each hour, hints of the system's watcher in
/// between. One loop owns all decisions; hashing and scanning run beside it and report to it.
/// </summary>
public sealed class OwnFiles : IDisposable
{
    /// <summary>No wait lasts longer, be there nothing to wait for.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    private readonly Channel<OwnEvent> _inbox = Channel.CreateUnbounded<OwnEvent>(new() { SingleReader = true });
    private readonly SettleQueue _settling = new();
    private readonly BeneathFolder _files;
    private readonly Scanner _scanner;
    private readonly BackgroundScan _scan;
    private readonly SpaceWatch _watch;
    private readonly Refusals _refusals;
    private readonly Losses _losses;
    private readonly HashQueue _hashing;
    private readonly ReadyChanges _ready;
    private readonly Publication _publication;
    private readonly ScanSchedule _schedule = new();
    private readonly TimeProvider _clock;
    private readonly string _fullReason;
    private readonly long _started;

    /// <summary>Whatever happens in the space, so often that scans of all of it take a fifth of the time.</summary>
    private TimeSpan _mayScanAgainAt;
    private TimeSpan _scanBegan;

    public OwnFiles(
        NodeFolder folder, ListingStore listing, PieceLayers layers, TimeProvider clock, ILogger log,
        int mostEntries = ListingLimits.MaxEntries, long mostPathBytes = ListingLimits.MaxPathBytes)
    {
        _clock = clock;
        _fullReason = $"a node shares no more than {mostEntries} files and empty folders, whose paths have no more than {mostPathBytes} bytes together";
        _started = clock.GetTimestamp();
        _files = folder.Files;
        _scanner = new Scanner(folder.Root, listing);
        _watch = new SpaceWatch(folder, () => _inbox.Writer.TryWrite(OwnEvent.Hinted.Instance), log);
        _scan = new BackgroundScan(
            _scanner,
            _watch,
            what => _inbox.Writer.TryWrite(new OwnEvent.Met(what)),
            (report, fault) => _inbox.Writer.TryWrite(new OwnEvent.ScanEnded(report, fault)));
        _refusals = new Refusals(log);
        _losses = new Losses(folder, _files, listing, _scanner, log);
        _ready = new ReadyChanges(listing, _files, _scanner, mostEntries, mostPathBytes);
        _publication = new Publication(listing, _ready, log);
        _hashing = new HashQueue(_files, layers, results => _inbox.Writer.TryWrite(new OwnEvent.Hashed(results)));
    }

    /// <summary>What is not offered, or not in its present version, and why.</summary>
    public IReadOnlyList<NotShared> NotShared => _refusals.All;

    /// <summary>How many files went missing at once and are offered still, until a person confirms the loss.</summary>
    public int HeldRemovals => _losses.Held;

    private TimeSpan Now => _clock.GetElapsedTime(_started);

    /// <summary>How far the listing is behind the space.</summary>
    public SpaceProgress Progress { get; } = new();

    /// <summary>Scans the whole space soon.</summary>
    /// <returns>The number by which <see cref="SpaceProgress.HasScanned"/> knows that scan.</returns>
    public long Rescan() => AskScan(confirmsLoss: false);

    /// <summary>A person says that the missing files are to go; the next scan withdraws them.</summary>
    public void ConfirmRemovals() => AskScan(confirmsLoss: true);

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
                await _publication.PublishAsync(Now, isMoreComing: !_hashing.IsIdle, isSettling: _settling.Count > 0, onChanges, stop);
                Progress.Show(Unoffered);
                await WaitAsync(stop);
            }
        }
        finally
        {
            await ending.CancelAsync();
            _watch.Dispose();
            await Task.WhenAll(_scan.WhenQuietAsync(), _hashing.WhenQuietAsync()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose()
    {
        _watch.Dispose();
        _scan.Dispose();
    }

    /// <summary>A folder that is yet to be read through counts as one.</summary>
    private int Unoffered =>
        _settling.Count + _hashing.Count + _ready.Count + (_scan.IsRunning || _schedule.NextDue(mayRun: true) <= Now ? 1 : 0);

    private long AskScan(bool confirmsLoss)
    {
        var number = Progress.Ask();
        _inbox.Writer.TryWrite(new OwnEvent.ScanAsked(number, confirmsLoss));
        return number;
    }

    private void Step(CancellationToken stop)
    {
        while (_inbox.Reader.TryRead(out var next))
            React(next);
        foreach (var what in _settling.TakeDue(Now))
            LookAgain(what);
        if (_losses.NextDue <= Now)
            _ready.AddRemoved(_losses.TakeDue());
        if (!_scan.IsRunning && _schedule.TakeDue(Now) is { Count: > 0 } folders)
            BeginScan(folders, stop);
        _hashing.Dispatch(stop);
    }

    private void React(OwnEvent next)
    {
        switch (next)
        {
            case OwnEvent.Hinted:
                TakeHints();
                break;
            case OwnEvent.Met met:
                _scan.Proceed();
                Consider(met.What, renamed: false);
                break;
            case OwnEvent.Hashed hashed:
                foreach (var (what, result) in hashed.Results)
                    Accept(what, result);
                break;
            case OwnEvent.ScanEnded ended:
                EndScan(ended.Report ?? throw new InvalidOperationException("A scan ended by a fault of the program.", ended.Fault));
                break;
            case OwnEvent.ScanAsked asked:
                if (asked.ConfirmsLoss)
                    _losses.Confirm();
                Progress.Heard(asked.Number);
                _schedule.Want("", Now);
                break;
        }
    }

    private void TakeHints()
    {
        var paths = _watch.Take(out var lostTrack);
        if (lostTrack)
            _schedule.Want("", _mayScanAgainAt);
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
            if (_scanner.NodeAround(path) is { } node)
                _schedule.Want(node, Now);
            else if (status.Kind is FileKind.Missing)
            {
                if (Scanner.RefusalOfMissing(path) is { } noText)
                    _refusals.Add(path, noText);
            }
            else if (Scanner.Refusal(status.Kind) is { } refusal)
                _refusals.Add(path, refusal);
            else if (!FilePath.TryParse(path, out var name, out var reason))
                _refusals.Add(path, reason);
            else if (status.Kind is FileKind.File && Scanner.Refusal(status.Stamp) is { } fault)
                _refusals.Add(path, fault);
            else if (status.Kind is FileKind.File)
                Consider(new Difference(name, EntryKind.File, status.Stamp), renamed);
            else
                _schedule.Want(path, Now);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _refusals.Add(path, e.Message);
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
        _refusals.Add(path.Value, _fullReason);
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
            _refusals.Add(what.Path.Value, e.Message);
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
                _refusals.Add(what.Path.Value, result.Reason!);
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
            _watch.Begin();
            _refusals.BeginScan();
            Progress.BeginScan();
        }

        _scanBegan = Now;
        _scan.Begin(folders, stop);
    }

    private void EndScan(ScanReport report)
    {
        _scan.End();
        _ready.AddRemoved(_losses.Of(report));
        _watch.EndScan();
        if (report.Folders.Contains(""))
        {
            _refusals.EndScan();
            _publication.EndScan(Now);
            Progress.EndScan(Unoffered);
            _mayScanAgainAt = Now + 4 * (Now - _scanBegan);
        }

        _schedule.Want("", Now + _watch.NextScanAfter);
        foreach (var (path, reason) in report.NotShared)
            _refusals.Add(path, reason);
    }

    /// <summary>Waits for the next event, or for the time at which something is due.</summary>
    private async ValueTask WaitAsync(CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        if (_inbox.Reader.TryPeek(out _))
            return;
        var now = Now;
        TimeSpan[] times =
            [_settling.NextDue, _losses.NextDue, _schedule.NextDue(mayRun: !_scan.IsRunning), _publication.NextDue, now + LongestWait];
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
}
