using P2PNode.Bench.Measures;
using P2PNode.Bench.Peers;
using P2PNode.Bench.Processes;
using P2PNode.Bench.Report;
using P2PNode.Bench.Workloads;

namespace P2PNode.Bench;

/// <summary>Measures all that was asked for, one run at a time, and reports.</summary>
internal sealed class Benchmark(BenchOptions options)
{
    private readonly Results _results = new();

    public async Task<int> RunAsync(CancellationToken stop)
    {
        Directory.CreateDirectory(options.WorkFolder);
        try
        {
            var executable = options.Executable
                ?? await NodeBuild.PublishAsync(Path.Combine(options.WorkFolder, "build"), stop);
            await MeasureAsync(executable, stop);
        }
        catch (RunFailedException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
        finally
        {
            Directory.Delete(options.WorkFolder, recursive: true);
        }

        foreach (var line in MarkdownReport.Lines(_results))
            Console.WriteLine(line);
        if (options.Json is not null)
            JsonReport.Write(options.Json, _results);
        return _results.Samples.Exists(sample => sample.Failure is not null) ? 1 : 0;
    }

    private async Task MeasureAsync(string executable, CancellationToken stop)
    {
        var node = new NodePeer(executable);
        var peers = TakingPart([node, new RsyncDaemon(), new RsyncOverSsh(), new Syncthing()]);
        foreach (var name in options.Work)
        {
            await MachineLoad.UntilQuietAsync(options.Patience, stop);
            switch (name)
            {
                case "failover":
                    _results.Figures.AddRange(await new Failover(executable, options.WorkFolder).TakeAsync(options.Failovers, stop));
                    break;
                case "start":
                    _results.Figures.AddRange(await new FirstLine(executable, options.WorkFolder).TakeAsync(stop));
                    break;
                case "idle":
                    await WithFilesAsync("W2", async files =>
                        _results.Figures.AddRange(await new Idle(node, files, options.WorkFolder).TakeAsync(stop)), stop);
                    break;
                default:
                    await CompareAsync(MeasureOf(name), peers, stop);
                    break;
            }
        }
    }

    private List<IPeer> TakingPart(IReadOnlyList<IPeer> all)
    {
        var asked = all.Where(peer => options.Peers.Contains(peer.Name)).ToList();
        foreach (var peer in asked.Where(peer => peer.Missing is not null))
            _results.Notes.Add($"{peer.Name} is left out: {peer.Missing}.");
        return [.. asked.Where(peer => peer.Missing is null)];
    }

    private static IMeasure MeasureOf(string name) => name switch
    {
        "W4" => new Restart(),
        "W5" => new Change(),
        _ => new Collecting(name, StandardWorkloads.Create(name, scale: 1).Title),
    };

    /// <summary>The peers take turns, so that what the machine does meanwhile meets them all.</summary>
    private Task CompareAsync(IMeasure measure, IReadOnlyList<IPeer> peers, CancellationToken stop) =>
        WithFilesAsync(measure.Workload, async files =>
        {
            _results.Works.Add(new Work(measure.Name, measure.Title, measure.MovesAll ? files.Workload.Bytes : null));
            for (var round = 1; round <= options.Rounds; round++)
            {
                foreach (var peer in peers)
                    await RunAsync(measure, peer, files, round, stop);
            }
        }, stop);

    private async Task RunAsync(IMeasure measure, IPeer peer, WorkloadFolder files, int round, CancellationToken stop)
    {
        await MachineLoad.UntilQuietAsync(options.Patience, stop);
        try
        {
            var figures = await RunStage.RunAsync(peer, measure, files, options.WorkFolder, stop);
            _results.Samples.Add(new Sample(measure.Name, peer.Name, round, figures, Failure: null));
            Tell($"{measure.Name} {peer.Name} {round}: {figures.Time.TotalSeconds:0.000} s, {figures.Cpu.TotalSeconds:0.00} CPU s"
                + (figures.IsNoisy ? $", disturbed by {figures.Foreign.TotalSeconds:0.00} CPU s of others" : ""));
        }
        catch (RunFailedException e)
        {
            _results.Samples.Add(new Sample(measure.Name, peer.Name, round, Figures: null, e.Message));
            Tell($"{measure.Name} {peer.Name} {round} failed: {e.Message}");
        }
    }

    private async Task WithFilesAsync(string workload, Func<WorkloadFolder, Task> use, CancellationToken stop)
    {
        var kept = WorkloadFolder.Provide(options.DataFolder, StandardWorkloads.Create(workload, options.Scale), stop);
        var folder = Path.Combine(options.WorkFolder, "files");
        await use(kept.PlaceIn(folder));
        Directory.Delete(folder, recursive: true);
    }

    private static void Tell(string line) => Console.Error.WriteLine(line);
}
