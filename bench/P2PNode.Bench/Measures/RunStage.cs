using P2PNode.Bench.Peers;
using P2PNode.Bench.Processes;
using P2PNode.Bench.Workloads;

namespace P2PNode.Bench.Measures;

/// <summary>Sets up fresh folders for a run, and clears them away with all processes.</summary>
internal static class RunStage
{
    /// <summary>A run that takes longer has failed.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    private static int _number;

    /// <summary>Takes one measure of one peer.</summary>
    /// <exception cref="RunFailedException">It came to nothing.</exception>
    public static Task<RunFigures> RunAsync(
        IPeer peer, IMeasure measure, WorkloadFolder files, string workFolder, CancellationToken stop) =>
        UseAsync(workFolder, async (folder, roles, end) =>
        {
            var stage = Prepare(folder, files, roles);
            WarmMemory.Fill(folder, files.Workload.Bytes, end);
            var session = await peer.PrepareAsync(stage, end);
            return await measure.TakeAsync(session, stage, files, end);
        }, stop);

    /// <summary>Lends an empty folder, and processes that end with it.</summary>
    /// <exception cref="RunFailedException">It came to nothing.</exception>
    public static async Task<T> UseAsync<T>(
        string workFolder, Func<string, Roles, CancellationToken, Task<T>> use, CancellationToken stop)
    {
        var folder = Path.Combine(workFolder, $"run{Interlocked.Increment(ref _number)}");
        Directory.CreateDirectory(folder);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        end.CancelAfter(Deadline);
        try
        {
            using var roles = new Roles();
            return await use(folder, roles, end.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new RunFailedException($"It did not come to an end in {Deadline.TotalMinutes} minutes.");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Stage Prepare(string folder, WorkloadFolder files, Roles roles)
    {
        var collector = Path.Combine(folder, "collector");
        Directory.CreateDirectory(collector);
        var owners = files.Workload.Owners.Select(owner => new OwnerFolder(
            owner, Path.Combine(folder, $"NODE{owner}"), files.Workload.Files.Count(file => file.Owner == owner))).ToList();
        foreach (var owner in owners)
            FolderView.Create(files.Of(owner.Id), owner.Path);
        return new Stage(folder, owners, collector, roles);
    }
}
