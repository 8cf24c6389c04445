using System.Security.Cryptography;
using P2PNode.Bench.Peers;
using P2PNode.Bench.Workloads;

namespace P2PNode.Bench.Measures;

/// <summary>One file of many is replaced; until the collector has it. The median of a few changes.</summary>
internal sealed class Change : IMeasure
{
    private const int Changes = 3;

    /// <summary>For what a peer does after all is collected: watches are set up, logs are written.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(2);

    public string Name => "W5";

    public string Title => "one file of 10,000 changed, until the collector has it";

    public string Workload => "W2";

    public bool MovesAll => false;

    public async Task<RunFigures> TakeAsync(ISession session, Stage stage, WorkloadFolder files, CancellationToken stop)
    {
        await session.StartAsync(stop);
        await session.CollectedAsync(stop);
        var owner = stage.Owners[0];
        var paths = files.Workload.Files.Where(file => file.Owner == owner.Id).Select(file => file.Path).ToList();
        var times = new List<TimeSpan>();
        await using var meter = new RunMeter(stage.Roles);
        for (var i = 0; i < Changes; i++)
        {
            await Task.Delay(Pause, TimeProvider.System, stop);
            times.Add(await ChangeOneAsync(session, owner, paths[paths.Count / 2 + i], stop));
        }

        var figures = await meter.ReadAsync();
        await session.StopAsync();
        return figures with { Time = times.Order().ElementAt(Changes / 2) };
    }

    private static async Task<TimeSpan> ChangeOneAsync(ISession session, OwnerFolder owner, string path, CancellationToken stop)
    {
        var file = Path.Combine(owner.Path, path);
        var content = RandomNumberGenerator.GetBytes((int)new FileInfo(file).Length);
        var began = TimeProvider.System.GetTimestamp();
        await File.WriteAllBytesAsync(file + ".new~", content, stop);
        File.Move(file + ".new~", file, overwrite: true);
        await session.BringChangesAsync(owner, stop);
        var collected = Path.Combine(session.CollectedFrom(owner), path);
        while (!await HasAsync(collected, content, stop))
            await Task.Delay(Interval, TimeProvider.System, stop);
        return TimeProvider.System.GetElapsedTime(began);
    }

    private static async Task<bool> HasAsync(string file, byte[] content, CancellationToken stop)
    {
        try
        {
            return (await File.ReadAllBytesAsync(file, stop)).AsSpan().SequenceEqual(content);
        }
        catch (IOException)
        {
            return false; // It is being replaced.
        }
    }
}
