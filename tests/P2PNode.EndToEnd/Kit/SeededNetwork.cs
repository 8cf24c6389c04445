using P2PNode.Core;
using P2PNode.Core.Membership;
using P2PNode.Node;

namespace P2PNode.EndToEnd.Kit;

/// <summary>Seeds, and nodes that know nothing but these, as real processes on loopback.</summary>
internal sealed class SeededNetwork : IDisposable
{
    /// <summary>Whoever is asked works for the answer: not so often that this is what the machine does.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly string _folder = Directory.CreateTempSubdirectory("p2pnode-").FullName;
    private readonly int[] _ports;
    private readonly RunningProcess?[] _seeds;
    private readonly List<SeededNode> _nodes = [];
    private readonly List<RunningProcess> _processes = [];

    public SeededNetwork(int seeds)
    {
        _ports = [.. Enumerable.Range(0, seeds).Select(_ => Ports.Take())];
        _seeds = new RunningProcess?[seeds];
    }

    /// <summary>Those that run, in the order in which they started.</summary>
    public IReadOnlyList<SeededNode> Live => [.. _nodes.Where(node => !node.Process.HasEnded)];

    /// <summary>All that was printed, in the order of time, for who has to find out why a test failed.</summary>
    public string Log => string.Join(
        '\n',
        _processes.SelectMany((process, i) => process.Lines.Select(line => (i, Line: line))).OrderBy(line => line.Line.At).Select(line => $"{line.Line.At.TotalSeconds:0.000} process {line.i}: {line.Line.Text}"));

    /// <summary>Starts the seeds that do not run, all at once, and waits until they listen; tells what each said then.</summary>
    public async Task<IReadOnlyList<string>> StartSeedsAsync()
    {
        var begun = new List<RunningProcess>();
        for (var i = 0; i < _seeds.Length; i++)
        {
            if (_seeds[i] is { HasEnded: false })
                continue;
            begun.Add(_seeds[i] = Executable.Start(_folder, "seed", "--listen", $"127.0.0.1:{_ports[i]}"));
        }

        _processes.AddRange(begun);
        await Eventually.HoldsAsync(() => begun.TrueForAll(seed => Listens(seed) is not null), "all seeds listen");
        return [.. begun.Select(seed => Listens(seed)!)];
    }

    public void KillSeeds(int count)
    {
        foreach (var seed in _seeds.OfType<RunningProcess>().Where(seed => !seed.HasEnded).Take(count))
            seed.Kill();
    }

    /// <summary>Starts newcomers at once, and waits until each says who it is.</summary>
    public async Task<IReadOnlyList<SeededNode>> StartAsync(int count)
    {
        var begun = new List<SeededNode>();
        for (var i = 0; i < count; i++)
        {
            var name = $"n{_nodes.Count + begun.Count}";
            var options = _ports.SelectMany(port => new[] { "--seed", $"127.0.0.1:{port}" });
            begun.Add(new SeededNode(Path.Combine(_folder, name), Executable.Start(_folder, ["--folder", name, .. options])));
        }

        _nodes.AddRange(begun);
        _processes.AddRange(begun.Select(node => node.Process));
        await Eventually.HoldsAsync(() => begun.TrueForAll(node => node.TryReadId()), "all nodes start", TimeSpan.FromMinutes(1));
        return begun;
    }

    /// <summary>
    /// Waits until each live node knows each other one to be alive and none of those who died to be, and all follow the
    /// same leader; tells how long that took.
    /// </summary>
    public async Task<TimeSpan> KnowsAsync(TimeSpan within)
    {
        var live = Live.Select(node => node.Id).ToHashSet();
        var started = Eventually.Now;
        var leaders = new Dictionary<NodeId, NodeId>();
        await Eventually.HoldsAsync(
            async () =>
            {
                foreach (var node in Live.Where(node => !leaders.ContainsKey(node.Id)))
                {
                    if (await node.StatusAsync() is not { Leader: { } leader } status || !live.SetEquals(AliveTo(status)) || status.Members.Any(member => member.State is MemberState.Suspect))
                        return false; // The others are asked once this one knows.
                    leaders[node.Id] = leader;
                }

                if (leaders.Values.Distinct().Count() == 1)
                    return true;
                leaders.Clear();
                return false;
            },
            $"{live.Count} nodes know who lives and who leads",
            within,
            Interval);
        return Eventually.Now - started;
    }

    /// <summary>Everybody whom somebody called dead, wherever that was said.</summary>
    public IReadOnlySet<int> CalledDead() =>
        _processes.SelectMany(process => process.Lines).Select(line => SeededNode.FindDeath(line.Text)).OfType<int>().ToHashSet();

    public void Dispose()
    {
        _processes.ForEach(process => process.Dispose());
        Directory.Delete(_folder, recursive: true);
    }

    private static string? Listens(RunningProcess seed) =>
        seed.Lines.FirstOrDefault(line => line.Text.Contains("Seed listens at ", StringComparison.Ordinal))?.Text;

    private static IEnumerable<NodeId> AliveTo(StatusReport status) =>
        status.Members.Where(member => member.State is MemberState.Alive).Select(member => member.Id).Append(status.Id);
}
