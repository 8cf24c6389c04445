using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using P2PNode.Core;

namespace P2PNode.Node;

/// <summary>Fetches files on demand, each request in a task of its own that ends with the node. Thread-safe.</summary>
internal sealed class Fetches(FetchSurroundings around) : IDisposable
{
    /// <summary>How often it is told how far a fetch is.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(200);

    /// <summary>For the leader to say which files are meant.</summary>
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    private readonly TaskGroup _tasks = new();
    private readonly CopiesInPassing _inPassing = new(around.Store);

    public Task RunAsync(CancellationToken stop) => _tasks.RunAsync(stop);

    /// <inheritdoc cref="INodeQueries.GetAsync"/>
    public async IAsyncEnumerable<GetLine> GetAsync(GetRequest request, [EnumeratorCancellation] CancellationToken stop)
    {
        var started = around.Clock.GetTimestamp();
        var wanted = await FindAsync(request, stop);
        yield return new GetLine { Plan = new GetPlan(wanted.Count, BytesOf(wanted)) };

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var outcomes = Channel.CreateUnbounded<GetOutcome>(new() { SingleReader = true });
        var running = _tasks.Start(node => RunAsync(request, wanted, outcomes.Writer, node, ended.Token));
        var names = wanted.Select(file => TransferBoard.NameOf(file.Row.Owner, file.Row.Entry.Path)).ToHashSet();
        var (fetched, bytes, failed, had, hadBytes) = (0, 0L, 0, 0, Int128.Zero);
        try
        {
            while (await WaitAsync(outcomes.Reader, stop))
            {
                while (outcomes.Reader.TryRead(out var outcome))
                {
                    names.Remove(NameOf(outcome));
                    (had, hadBytes) = outcome.Result is GetResult.Failed ? (had, hadBytes) : (had + 1, hadBytes + outcome.Size);
                    (fetched, bytes) = outcome.Result is GetResult.Fetched ? (fetched + 1, bytes + outcome.Size) : (fetched, bytes);
                    failed += outcome.Result is GetResult.Failed ? 1 : 0;
                    yield return new GetLine { File = outcome };
                }

                // Several requests may be for one file; each of its transfers goes on where another left off.
                ImmutableArray<TransferReport> transfers =
                [
                    .. around.Board.Show().Where(transfer => transfer.To == around.Self && names.Contains(transfer.File))
                        .GroupBy(transfer => transfer.File).Select(file => file.MaxBy(transfer => transfer.Done)!),
                ];
                yield return new GetLine { Progress = new GetProgress(had, long.CreateSaturating(hadBytes + transfers.Sum(transfer => transfer.Done)), transfers) };
            }
        }
        finally
        {
            await ended.CancelAsync();
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        yield return new GetLine { Totals = new GetTotals(fetched, bytes, failed, around.Clock.GetElapsedTime(started).TotalSeconds) };
    }

    public void Dispose() => _tasks.Dispose();

    /// <summary>Together; sizes that are listed may be any.</summary>
    internal static long BytesOf(IEnumerable<WantedFile> files) =>
        long.CreateSaturating(files.Aggregate(Int128.Zero, (sum, file) => sum + file.Row.Entry.Size));

    private static string NameOf(GetOutcome file) => TransferBoard.NameOf(file.Peer, FilePath.Parse(file.Path));

    private async Task<IReadOnlyList<WantedFile>> FindAsync(GetRequest request, CancellationToken stop)
    {
        OutputTargets.Spare(around.Folder.Root, request, []);
        using var timeout = new CancellationTokenSource(AnswerTimeout, around.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, timeout.Token);
        try
        {
            var wanted = await around.Wanted.FindAsync(request, either.Token);
            OutputTargets.Check(request, wanted);
            OutputTargets.Spare(around.Folder.Root, request, wanted);
            return wanted;
        }
        catch (OperationCanceledException e) when (!stop.IsCancellationRequested)
        {
            throw new NoLeaderException($"No leader answered within {AnswerTimeout.TotalSeconds:0} seconds.", e);
        }
    }

    /// <summary>Runs a fetch to its end; what goes wrong with it is told to who asked, and does not end the node.</summary>
    private async Task RunAsync(GetRequest request, IReadOnlyList<WantedFile> wanted, ChannelWriter<GetOutcome> outcomes, CancellationToken node, CancellationToken ended)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(node, ended);
        try
        {
            await new Fetch(request, wanted, around, _inPassing, outcome => outcomes.TryWrite(outcome)).RunAsync(either.Token);
            outcomes.Complete();
        }
        catch (Exception e)
        {
            outcomes.Complete(e);
        }
    }

    /// <summary>Returns when there is an outcome, or after a tick; false at the end.</summary>
    private async Task<bool> WaitAsync(ChannelReader<GetOutcome> outcomes, CancellationToken stop)
    {
        using var tick = new CancellationTokenSource(Tick, around.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, tick.Token);
        try
        {
            return await outcomes.WaitToReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (tick.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            return true;
        }
    }
}
