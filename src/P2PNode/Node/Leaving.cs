using System.Runtime.CompilerServices;
using System.Threading.Channels;
using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Files;
using P2PNode.Protocol;
using P2PNode.Transport;
using Serilog;
using Wire = P2PNode.Protocol.Messages;

namespace P2PNode.Node;

/// <summary>
/// Has the node hand all its files over and then stop: asks the custodian again and again how much it has, and goes only
/// when that is all that the node lists at that moment (design 5, Custody). Thread-safe.
/// </summary>
internal sealed class Leaving(
    NodeId self, OwnFiles ownFiles, ListingStore listing, CopiesOfAbsent others, CustodyQuestions questions, Roster roster, ElectionDriver election, TimeProvider clock, ILogger log)
    : IDisposable
{
    /// <summary>Between two questions.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>A question without an answer is put again after so long: the custodian did not take it, or takes long to answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>The longest pause: who takes over keeps copies for some seconds only after each question.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(4);

    private readonly TaskGroup _tasks = new();
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _isLeaving;
    private volatile LeftReport? _handedOver;

    /// <summary>Whether this node is about to leave, or has left.</summary>
    public bool IsUnderWay => Volatile.Read(ref _isLeaving) == 1;

    /// <summary>Runs until stopped, or returns when the node has handed everything over and is to stop.</summary>
    public Task RunAsync(CancellationToken stop) => TaskGroup.RunAsync([_tasks.RunAsync, cut => _left.Task.WaitAsync(cut)], stop);

    /// <inheritdoc cref="INodeQueries.LeaveAsync"/>
    public async IAsyncEnumerable<LeaveLine> LeaveAsync(TimeSpan timeout, [EnumeratorCancellation] CancellationToken stop)
    {
        if (Interlocked.Exchange(ref _isLeaving, 1) == 1)
            throw new LeaveException(LeaveFault.Refused, $"Node {self} is leaving already.");
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var lines = Channel.CreateUnbounded<LeaveLine>(new() { SingleReader = true });
        var running = _tasks.Start(node => RunAsync(timeout, lines.Writer, node, ended.Token));
        var isTold = false;
        try
        {
            await foreach (var line in lines.Reader.ReadAllAsync(stop))
            {
                yield return line;
                isTold |= line.Left is not null;
            }
        }
        finally
        {
            await ended.CancelAsync();
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            End(isTold);
        }
    }

    /// <summary>How to take leave of a peer when the node stops.</summary>
    public (Wire.GoodbyeReason Reason, string Text) FarewellTo(Link link) => _handedOver is { } left && CustodyQuestions.IsKnownTo(link)
        ? (Wire.GoodbyeReason.Leaving, $"its files are with node {left.Custodian}")
        : (Wire.GoodbyeReason.Stopping, "");

    public void Dispose() => _tasks.Dispose();

    /// <summary>The node stops once who asked was told that it will; who called it off in the last moment has it go on.</summary>
    private void End(bool isTold)
    {
        if (isTold)
        {
            _left.TrySetResult();
            return;
        }

        if (_handedOver is not null)
            log.DoesNotLeave($"Node {self} goes on: leaving was called off.");
        _handedOver = null;
        Volatile.Write(ref _isLeaving, 0);
    }

    /// <summary>Hands over to the end; what goes wrong with it is told to who asked, and does not end the node.</summary>
    private async Task RunAsync(TimeSpan timeout, ChannelWriter<LeaveLine> lines, CancellationToken node, CancellationToken ended)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(node, ended);
        try
        {
            log.Leaves(self);
            var left = _handedOver = await HandOverAsync(timeout, lines, either.Token);
            log.HandedOver(self, left.Files, left.Custodian);
            lines.TryWrite(new LeaveLine { Left = left });
            lines.Complete();
        }
        catch (OperationCanceledException) when (node.IsCancellationRequested)
        {
            lines.Complete(new LeaveException(LeaveFault.Incomplete, $"Node {self} was stopped before it had handed everything over."));
        }
        catch (Exception e) when (e is LeaveException or OperationCanceledException)
        {
            log.DoesNotLeave(e is LeaveException ? e.Message : $"Node {self} goes on: leaving was called off.");
            lines.Complete(e);
        }
        catch (Exception e) when (e is IOException or PeerException or UnauthorizedAccessException)
        {
            var problem = new LeaveException(LeaveFault.Incomplete, $"Node {self} goes on: {e.Message.TrimEnd('.')}.");
            log.DoesNotLeave(problem.Message);
            lines.Complete(problem);
        }
        catch (Exception e)
        {
            lines.Complete(new LeaveException(LeaveFault.Incomplete, $"Node {self} failed: {e.Message.TrimEnd('.')}."));
            throw;
        }
    }

    private async Task<LeftReport> HandOverAsync(TimeSpan timeout, ChannelWriter<LeaveLine> lines, CancellationToken stop)
    {
        var (started, scan) = (clock.GetTimestamp(), ownFiles.Rescan());
        var (missing, confirms) = ((int?)null, long.MaxValue);
        LeaveProgress? told = null;
        while (true)
        {
            var (view, answered) = Look(scan);
            var looked = clock.GetTimestamp();
            if (!view.OwnIsKept || others.HaveGrown)
                missing = null;
            if (view.OwnIsKept && missing != 0)
                (missing, confirms) = (await others.MissingAtAsync(view.Custodian!.Value, stop), questions.Next);
            view = view with { OthersMissing = missing, IsConfirmed = answered >= confirms };
            if (view.IsDone)
                return Report(view.Custodian!.Value);
            if (view.Refusal is { } refusal)
                throw new LeaveException(LeaveFault.Refused, refusal);
            if (view.Progress != told)
                lines.TryWrite(new LeaveLine { Progress = told = view.Progress });
            var left = timeout - clock.GetElapsedTime(started);
            if (left <= TimeSpan.Zero)
                throw TimedOut(view.Progress, timeout);
            var isAsked = view.Custodian is { } custodian && questions.TryAsk(custodian, view.Now.Epoch);
            var isAnswered = await questions.WaitAsync(Shorter(isAsked ? Patience : Pause, left), stop);
            if (isAnswered && missing != 0) // Else the last word is awaited.
                await Task.Delay(Shorter(PauseAfter(clock.GetElapsedTime(looked)), left), clock, stop);
        }
    }

    /// <summary>What takes long to find out is asked for less often.</summary>
    private static TimeSpan PauseAfter(TimeSpan answer) => Shorter(3 * answer > Pause ? 3 * answer : Pause, LongestPause);

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private (Handover View, long Answered) Look(long scan)
    {
        var view = new Handover
        {
            Self = self,
            Now = election.Now,
            Alive = roster.Alive(),
            IsScanned = ownFiles.Progress.HasScanned(scan),
            Unoffered = ownFiles.Progress.Unoffered,
            Own = listing.Position.Digest, // After the two before: what they count is in it by now.
        };
        var (word, answered) = questions.WordOf(view.Custodian, view.Now.Epoch);
        return (view with { Word = word }, answered);
    }

    private LeftReport Report(NodeId custodian)
    {
        var files = listing.Snapshot().Where(entry => entry.Kind is EntryKind.File).ToList();
        return new LeftReport(self, custodian, files.Count, files.Sum(file => file.Size), others.Count, ownFiles.NotShared.Count);
    }

    private LeaveException TimedOut(LeaveProgress progress, TimeSpan timeout)
    {
        var (custodian, files, _, reason) = progress;
        var why = reason is null ? "" : $": {PeerText.Printable(reason, CustodyMapping.LongestReason).TrimEnd('.')}";
        var what = custodian is null ? "there was no leader to hand over to"
            : files == 0 ? $"node {custodian} does not have everything yet{why}"
            : $"{files} {(files == 1 ? "file is" : "files are")} not with node {custodian} yet{why}";
        return new LeaveException(custodian is null ? LeaveFault.NoLeader : LeaveFault.Incomplete, $"Node {self} goes on: after {timeout.TotalSeconds:0} s {what}.");
    }
}
