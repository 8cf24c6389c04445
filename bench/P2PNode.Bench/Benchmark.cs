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
            await MeasureAsync(await ExecutableAsync(stop), stop);
        }
        catch (OperationCanceledException)
        {
            _results.Failures.Add("Stopped before all was measured.");
        }
        catch (RunFailedException e)
        {
            Tell(e.Message);
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
        return _results.Failures.Count == 0 ? 0 : 1;
    }

    /// <summary>Empty where the product does not take part.</summary>
    private async Task<string> ExecutableAsync(CancellationToken stop)
    {
        if (options.Executable is { } given)
            return given;
        if (!options.Peers.Contains(NodePeer.PeerName))
            return "";
        Tell("Building p2pnode");
        return await NodeBuild.PublishAsync(Path.Combine(options.WorkFolder, "build"), stop);
    }

    private async Task MeasureAsync(string executable, CancellationToken stop)
    {
        var node = new NodePeer(executable);
        var peers = TakingPart([node, new RsyncDaemon(), new RsyncOverSsh(), new Syncthing()]);
        if (options.ExecutableBefore is { } before)
            peers.Insert(0, new NodePeer(before, NodePeer.NameBefore));
        foreach (var name in options.Work)
        {
            if (!BenchCommand.OfOneNode.Contains(name))
                await CompareAsync(MeasureOf(name), peers, stop);
            else if (peers.Contains(node) || name == Searching.Name || name == Handshakes.Name)
                await TakeFiguresAsync(name, node, stop);
        }
    }

    private async Task TakeFiguresAsync(string name, NodePeer node, CancellationToken stop)
    {
        await MachineLoad.UntilQuietAsync(options.Patience, stop);
        Tell(name);
        try
        {
            _results.Figures.AddRange(name switch
            {
                Failover.Name => await new Failover(node.Executable, options.WorkFolder).TakeAsync(options.Failovers, stop),
                Searching.Name => Searching.Take(stop),
                Handshakes.Name => await Handshakes.TakeAsync(stop),
                IdleLinks.Name => await new IdleLinks(node.Executable, options.WorkFolder, options.Scale).TakeAsync(stop),
                FirstLine.Name => await new FirstLine(node.Executable, options.WorkFolder).TakeAsync(stop),
                _ => await IdleAsync(node, stop),
            });
        }
        catch (RunFailedException e)
        {
            _results.Failures.Add($"{name}: {e.Message}");
            Tell($"{name} failed: {e.Message}");
        }
    }

    private async Task<IReadOnlyList<Figure>> IdleAsync(NodePeer node, CancellationToken stop)
    {
        using var placed = Place(Idle.Workload, stop);
        return await new Idle(node, placed.Files, options.WorkFolder).TakeAsync(stop);
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
    private async Task CompareAsync(IMeasure measure, IReadOnlyList<IPeer> peers, CancellationToken stop)
    {
        using var placed = Place(measure.Workload, stop);
        var bytes = placed.Files.Workload.Bytes;
        _results.Works.Add(new Work(measure.Name, measure.Title, measure.MovesAll ? bytes : null));
        for (var round = 1; round <= options.Rounds; round++)
        {
            foreach (var peer in peers)
                _results.Samples.Add(await RunAsync(measure, peer, placed.Files, round, stop));
        }
    }

    private async Task<Sample> RunAsync(IMeasure measure, IPeer peer, WorkloadFolder files, int round, CancellationToken stop)
    {
        await MachineLoad.UntilQuietAsync(options.Patience, stop);
        var run = $"{measure.Name} {peer.Name} {round}";
        try
        {
            var figures = await RunStage.RunAsync(peer, measure, files, options.WorkFolder, stop);
            Tell($"{run}: {figures.Time.TotalSeconds:0.000} s, {figures.Cpu.TotalSeconds:0.00} CPU s"
                + (figures.IsNoisy ? $", disturbed by {figures.Foreign.TotalSeconds:0.00} CPU s of others" : ""));
            return new Sample(measure.Name, peer.Name, round, figures);
        }
        catch (RunFailedException e)
        {
            _results.Failures.Add($"{run}: {e.Message}");
            Tell($"{run} failed: {e.Message}");
            return new Sample(measure.Name, peer.Name, round, Figures: null);
        }
    }

    private PlacedFiles Place(string workload, CancellationToken stop)
    {
        var kept = WorkloadFolder.Provide(options.DataFolder, StandardWorkloads.Create(workload, options.Scale), stop);
        return new PlacedFiles(kept, Path.Combine(options.WorkFolder, "files"));
    }

    private static void Tell(string line) => Console.Error.WriteLine(line);
}
