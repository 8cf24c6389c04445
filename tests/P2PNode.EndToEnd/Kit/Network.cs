using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using P2PNode.Core;
using P2PNode.Node;
using P2PNode.Security;

namespace P2PNode.EndToEnd.Kit;

/// <summary>Nodes that run as real processes on loopback, with their folders side by side in one that vanishes.</summary>
internal sealed class Network : IDisposable
{
    private readonly SortedDictionary<int, NetworkNode> _nodes = [];

    public Network(params int[] ids)
    {
        foreach (var id in ids)
        {
            _nodes.Add(id, new NetworkNode(this, id, Ports.Take()));
            Directory.CreateDirectory(_nodes[id].Folder);
        }

        var nodes = _nodes.Values.Select(node => new { id = node.Id, host = "127.0.0.1", port = node.Port });
        File.WriteAllText(Path.Combine(Folder, "nodes.json"), JsonSerializer.Serialize(new { nodes }));
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("p2pnode-").FullName;

    /// <summary>The ID of the network, once a node has run.</summary>
    public string Id
    {
        get
        {
            using var authority = new NetworkFolder(Folder).Load()!;
            return authority.Network;
        }
    }

    public IEnumerable<NetworkNode> Nodes => _nodes.Values;

    public NetworkNode this[int id] => _nodes[id];

    /// <summary>All that was printed, in the order of time, for who has to find out why a test failed.</summary>
    public string Log
    {
        get
        {
            var lines = Nodes.SelectMany(node => node.Lines.Select(line => (node.Id, Line: line))).OrderBy(line => line.Line.At);
            return string.Join('\n', lines.Select(line => $"{line.Line.At.TotalSeconds:0.000} {line.Id}: {line.Line.Text}"));
        }
    }

    public void Start(params int[] ids)
    {
        foreach (var id in ids)
            _nodes[id].Start();
    }

    /// <summary>Has the network's CA say that somebody is one of its nodes.</summary>
    public NodeIdentity Issue(int id)
    {
        using var authority = new NetworkFolder(Folder).Load()!;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = authority.Issue(new NodeId(id), new PublicKey(key), TimeProvider.System);
        return NodeIdentity.From(key, certificate, authority.Certificate);
    }

    /// <summary>Runs a command beside nodes.json, to its end.</summary>
    public Task<CommandResult> RunAsync(params IEnumerable<string> args) => Executable.RunAsync(Folder, args);

    /// <summary>Runs an asking command with --json and parses what it prints.</summary>
    public async Task<JsonElement> AskAsync(params IEnumerable<string> args)
    {
        var result = await RunAsync(args.Append("--json"));
        Assert.True(result.Code == 0, $"It ended with {result.Code}: {result.Error}");
        return JsonElement.Parse(result.Output);
    }

    /// <summary>
    /// Waits until all nodes that are awake follow this leader in one epoch and the links form a star; tells the epoch.
    /// </summary>
    public async Task<long> LedByAsync(int leader, TimeSpan? within = null)
    {
        var epoch = 0L;
        await Eventually.HoldsAsync(
            async () =>
            {
                var all = await StatusAsync();
                epoch = all.GetValueOrDefault(leader)?.Epoch ?? -1;
                return all.All(node => node.Value is { Leader.Value: var led } status
                    && led == leader
                    && status.Epoch == epoch
                    && status.Links.Select(peer => peer.Value).SequenceEqual(node.Key == leader ? all.Keys.Where(id => id != leader) : [leader]));
            },
            $"node {leader} leads all",
            within);
        return epoch;
    }

    /// <summary>What each node that is awake says of itself, ascending; null where one does not answer.</summary>
    public async Task<SortedDictionary<int, StatusReport?>> StatusAsync()
    {
        var all = new SortedDictionary<int, StatusReport?>();
        foreach (var node in Nodes.Where(node => node.IsAwake))
            all.Add(node.Id, await node.StatusAsync());
        return all;
    }

    /// <summary>Waits until one node has a copy of all that others own, then holds each copy against its original.</summary>
    public async Task<TimeSpan> CollectedAsync(int at, IEnumerable<int> owners, TimeSpan? within = null)
    {
        var took = await Eventually.HoldsAsync(
            () => owners.All(owner => Tree.SameOutline(_nodes[owner].Folder, _nodes[at].CopiesOf(owner))),
            $"node {at} has a copy of all that nodes {string.Join(", ", owners)} own",
            within);
        foreach (var owner in owners)
            Assert.Equal(Tree.Read(_nodes[owner].Folder), Tree.Read(_nodes[at].CopiesOf(owner)));
        return took;
    }

    /// <summary>Ends all processes; the folders stay until the network is disposed.</summary>
    public void Kill()
    {
        foreach (var node in Nodes)
            node.Kill();
    }

    public void Dispose()
    {
        foreach (var node in Nodes)
            node.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
