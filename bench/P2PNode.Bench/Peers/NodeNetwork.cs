using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using P2PNode.Api;
using P2PNode.Bench.Processes;
using P2PNode.Node;

namespace P2PNode.Bench.Peers;

/// <summary>Nodes of one network, each a process on a free port of loopback.</summary>
internal sealed class NodeNetwork
{
    private readonly Dictionary<int, RunningProcess> _processes = [];
    private readonly string _executable;
    private readonly string _configuration;
    private readonly IReadOnlyDictionary<int, string> _folders;
    private readonly Dictionary<int, int> _ports;
    private readonly Roles _roles;

    /// <param name="executable">The published program.</param>
    /// <param name="configuration">The nodes.json to write.</param>
    /// <param name="folders">The folder of each node ID.</param>
    /// <param name="roles">Starts the processes.</param>
    public NodeNetwork(string executable, string configuration, IReadOnlyDictionary<int, string> folders, Roles roles)
    {
        (_executable, _configuration, _folders, _roles) = (executable, configuration, folders, roles);
        _ports = folders.ToDictionary(node => node.Key, _ => Ports.Take());
        var nodes = folders.Select(node => new { id = node.Key, host = "127.0.0.1", port = _ports[node.Key], folder = node.Value });
        File.WriteAllText(configuration, JsonSerializer.Serialize(new { nodes }));
    }

    public RunningProcess this[int id] => _processes[id];

    /// <summary>Where a node listens, on 127.0.0.1.</summary>
    public int PortOf(int id) => _ports[id];

    public RunningProcess Start(int id, string role)
    {
        var start = new ProcessStartInfo(_executable, ["--id", $"{id}", "--config", _configuration]);
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("P2PNODE_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath("../../..", RuntimeEnvironment.GetRuntimeDirectory());
        return _processes[id] = _roles.Start(role, start);
    }

    /// <summary>What a node says of itself; null while it does not answer.</summary>
    public async Task<StatusReport?> StatusAsync(int id, CancellationToken stop)
    {
        try
        {
            using var client = new LocalClient(_folders[id]);
            return await client.StatusAsync(stop);
        }
        catch (LocalRequestException)
        {
            return null;
        }
    }

    /// <summary>No process of a run may end by itself.</summary>
    public void ThrowIfAnyEnded()
    {
        foreach (var process in _processes.Values)
            process.ThrowIfEnded();
    }

    public Task StopAsync() => Task.WhenAll(_processes.Values.Select(process => process.StopAsync()));
}
