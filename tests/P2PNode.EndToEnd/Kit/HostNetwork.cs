using System.Globalization;
using P2PNode.Api;
using P2PNode.Node;

namespace P2PNode.EndToEnd.Kit;

/// <summary>A created network of nodes on hosts of their own, which know nothing of each other but by discovery.</summary>
internal sealed class HostNetwork : IDisposable
{
    public const int Port = 5000;

    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(2);

    private readonly SortedDictionary<int, RunningProcess> _nodes = [];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("p2pnode-");

    private readonly string _any;

    private HostNetwork(Hosts hosts, string any) => (Hosts, _any) = (hosts, any);

    public Hosts Hosts { get; }

    public IEnumerable<int> Ids => _nodes.Keys;

    /// <summary>Makes the hosts and the network, without a node as yet.</summary>
    public static async Task<HostNetwork> CreateAsync(int left, int right = 0, bool hasIPv6Only = false)
    {
        var network = new HostNetwork(new Hosts(left, right, hasIPv6Only), hasIPv6Only ? "[::]" : "0.0.0.0");
        var created = await Executable.RunAsync(network._folder.FullName, "network", "create");
        Assert.True(created.Code == 0, created.Error);
        return network;
    }

    /// <summary>Starts node N on host N, without any address of another.</summary>
    public RunningProcess Start(int id)
    {
        string[] args = ["--id", Number(id), "--listen", $"{_any}:{Port}", "--discover", "--log-level", "debug"];
        return _nodes[id] = Hosts.Start(id, _folder.FullName, args);
    }

    /// <summary>Null where it does not answer.</summary>
    public async Task<StatusReport?> StatusAsync(int id)
    {
        using var client = Client(id);
        using var patience = new CancellationTokenSource(AnswerPatience, TimeProvider.System);
        try
        {
            return await client.StatusAsync(patience.Token);
        }
        catch (Exception e) when (e is LocalRequestException or OperationCanceledException)
        {
            return null;
        }
    }

    public async Task<IReadOnlyList<ReachReport>> DiagnoseAsync(int id)
    {
        using var client = Client(id);
        return await client.DiagnoseAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Whether each of some nodes follows one of them in the same epoch, and holds all of them alive.</summary>
    public async Task<bool> IsWholeAsync(int leader, params IReadOnlyCollection<int> ids)
    {
        var all = await Task.WhenAll(ids.Select(StatusAsync));
        return all.All(status => status is not null
            && status.Leader?.Value == leader
            && status.Epoch == all[0]!.Epoch
            && ids.All(id => id == status.Id.Value || status.Members.Any(member => member.Id.Value == id && member.State is Core.Membership.MemberState.Alive)));
    }

    /// <summary>Waits for <see cref="IsWholeAsync"/>; tells how long that took.</summary>
    public Task<TimeSpan> WholeAsync(int leader, TimeSpan? within, params IReadOnlyCollection<int> ids) =>
        Eventually.HoldsAsync(() => IsWholeAsync(leader, ids), $"node {leader} leads nodes {string.Join(", ", ids)}, and all know all", within);

    /// <summary>All that the nodes printed, in the order of time.</summary>
    public string Log()
    {
        var lines = _nodes.SelectMany(node => node.Value.Lines.Select(line => (node.Key, Line: line))).OrderBy(line => line.Line.At);
        return string.Join('\n', lines.Select(line => string.Create(CultureInfo.InvariantCulture, $"{line.Line.At.TotalSeconds:0.000} {line.Key}: {line.Line.Text}")));
    }

    public void Dispose()
    {
        foreach (var node in _nodes.Values)
            node.Dispose();
        Hosts.Dispose();
        _folder.Delete(recursive: true);
    }

    private LocalClient Client(int id) => new(Path.Combine(_folder.FullName, $"NODE{Number(id)}"));

    private static string Number(int id) => id.ToString(CultureInfo.InvariantCulture);
}
