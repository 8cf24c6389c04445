using System.Diagnostics;
using P2PNode.Bench.Peers;
using P2PNode.Bench.Processes;
using P2PNode.Security;

namespace P2PNode.Bench.Measures;

/// <summary>
/// A leader with many followers that have nothing to say but that they live. The followers are in this process: each has
/// a certificate of its own, and the product's own side of a link.
/// </summary>
internal sealed class IdleLinks(string executable, string workFolder, double scale)
{
    public const string Name = "idle-links";

    private const int LeaderId = 1;
    private const int Links = 1_000;

    /// <summary>Below what a listener allows of connections that have not said who they are.</summary>
    private const int DialledAtOnce = 16;

    /// <summary>The leader's other files and sockets.</summary>
    private const int OtherDescriptors = 200;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(30);

    private readonly int _links = Math.Max(10, (int)(Links * scale));

    public Task<IReadOnlyList<Figure>> TakeAsync(CancellationToken stop) => RunStage.UseAsync(workFolder, MeasureAsync, stop);

    private async Task<IReadOnlyList<Figure>> MeasureAsync(string folder, Roles roles, CancellationToken stop)
    {
        var folders = new Dictionary<int, string> { [LeaderId] = Path.Combine(folder, $"NODE{LeaderId}") };
        var network = new NodeNetwork(executable, Path.Combine(folder, "nodes.json"), folders, roles);
        var leader = network.Start(LeaderId, Roles.Collector);
        await UntilAsync(network, status => status.Leader?.Value == LeaderId, stop);
        var allowed = ProcessTree.DescriptorsOf(leader.Id);
        if (allowed < _links + OtherDescriptors)
            throw new RunFailedException($"{_links} links need more than the {allowed} descriptors that the system allows: run 'ulimit -Hn' as root first.");
        await Task.Delay(Pause, TimeProvider.System, stop);
        var alone = ProcessTree.MemoryOf(leader.Id);

        using var authority = new NetworkFolder(folder).Load() ?? throw new RunFailedException("The leader made no network.");
        await using var followers = new IdleFollowers(authority, LeaderId, network.PortOf(LeaderId), _links);
        var (began, cpu) = (Stopwatch.GetTimestamp(), ProcessTree.CpuOf(leader.Id));
        await followers.LinkAsync(DialledAtOnce, stop);
        await UntilAsync(network, status => status.Links.Length == _links, stop);
        var (linking, linkingCpu) = (Stopwatch.GetElapsedTime(began), ProcessTree.CpuOf(leader.Id) - cpu);

        await Task.Delay(Pause, TimeProvider.System, stop);
        (began, cpu) = (Stopwatch.GetTimestamp(), ProcessTree.CpuOf(leader.Id));
        await Task.Delay(Duration, TimeProvider.System, stop);
        var idling = (ProcessTree.CpuOf(leader.Id) - cpu) / Stopwatch.GetElapsedTime(began);
        followers.ThrowIfAnyEnded();
        if ((await network.StatusAsync(LeaderId, stop))?.Links.Length != _links)
            throw new RunFailedException($"The leader does not have {_links} links any more.");

        var memory = ProcessTree.MemoryOf(leader.Id);
        return
        [
            One("time until all were linked, the followers on the same cores", "s", linking.TotalSeconds),
            One("handshakes a second until then", "", _links / linking.TotalSeconds),
            One("CPU of the leader until then", "s", linkingCpu.TotalSeconds),
            One("memory of the leader before", "MiB", alone / (double)(1 << 20)),
            One("memory of the leader with them", "MiB", memory / (double)(1 << 20)),
            One("memory of a link", "KiB", (memory - alone) / 1024.0 / _links),
            One($"CPU of one core at the leader, over {Duration.TotalSeconds:0} s", "%", 100 * idling),
            One("descriptors that the leader may have", "", allowed),
        ];
    }

    private Figure One(string what, string unit, double value) => new($"{_links:N0} idle links: {what}", unit, [value]);

    private static async Task UntilAsync(NodeNetwork network, Func<P2PNode.Node.StatusReport, bool> holds, CancellationToken stop)
    {
        while (await network.StatusAsync(LeaderId, stop) is not { } status || !holds(status))
        {
            network.ThrowIfAnyEnded();
            await Task.Delay(Interval, TimeProvider.System, stop);
        }
    }
}
