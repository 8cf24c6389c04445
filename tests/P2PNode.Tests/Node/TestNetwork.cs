using System.Net;
using System.Net.Sockets;
using P2PNode.Core;
using P2PNode.Node;
using P2PNode.Security;
using P2PNode.Tests.Testing;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace P2PNode.Tests.Node;

/// <summary>Whole nodes in one process, over loopback, in folders of their own that vanish with the test.</summary>
internal sealed class TestNetwork : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("p2pnode-network-").FullName;
    private readonly Dictionary<int, (PeerNode Node, CancellationTokenSource Stop, Task Running)> _running = [];
    private readonly ConfiguredNode[] _nodes;

    public TestNetwork(params int[] ids)
    {
        _nodes = [.. ids.Zip(FreePorts(ids.Length), (id, port) => new ConfiguredNode(new NodeId(id), new NodeAddress("127.0.0.1", port)))];
        foreach (var id in ids)
            Directory.CreateDirectory(Folder(id));
    }

    public PeerNode this[int id] => _running[id].Node;

    public List<string> Log { get; } = [];

    /// <summary>The network that the nodes have made, once one has started.</summary>
    public NetworkAuthority LoadAuthority() => new NetworkFolder(_folder).Load() ?? throw new InvalidOperationException("No node has started.");

    public NodeAddress Address(int id) => _nodes.Single(node => node.Id.Value == id).Address;

    public string Folder(int id) => Path.Combine(_folder, $"NODE{id}");

    /// <summary>Writes a file into a node's own space, old enough to be offered at once.</summary>
    public void Put(int id, string path, string content)
    {
        var full = Path.Combine(Folder(id), path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, content);
        File.SetLastWriteTimeUtc(full, new DateTime(2026, 1, 31, 12, 0, 0, DateTimeKind.Utc));
    }

    /// <summary>What a node holds of another's file; null if nothing.</summary>
    public string? Copy(int at, int owner, string path)
    {
        var full = Path.Combine(Folder(at), "peers", $"NODE{owner}", path);
        return File.Exists(full) ? File.ReadAllText(full) : null;
    }

    public void Start(int id, Func<NodeOptions, NodeOptions>? with = null)
    {
        var options = new NodeOptions
        {
            Id = new NodeId(id),
            Folder = Folder(id),
            Listen = Address(id),
            Nodes = _nodes,
        };
        var log = new LoggerConfiguration().MinimumLevel.Debug().WriteTo.Sink(new Lines(this, id)).CreateLogger();
        var node = new PeerNode(with?.Invoke(options) ?? options, TimeProvider.System, log);
        var stop = new CancellationTokenSource();
        _running.Add(id, (node, stop, Task.Run(() => node.RunAsync(stop.Token))));
    }

    public async Task StopAsync(int id)
    {
        var (_, stop, running) = _running[id];
        _running.Remove(id);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        stop.Dispose();
    }

    /// <summary>Waits until a node has ended by itself.</summary>
    public async Task EndedAsync(int id)
    {
        var (_, stop, running) = _running[id];
        _running.Remove(id);
        await running.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System);
        stop.Dispose();
    }

    /// <summary>Whether a node has logged this; the lines begin with its ID.</summary>
    public bool Saw(string text)
    {
        lock (Log)
            return Log.Exists(line => line.Contains(text, StringComparison.Ordinal));
    }

    /// <summary>Waits until all running nodes follow this leader and hold the links of a star.</summary>
    public Task LedByAsync(int leader) => HoldsAsync(
        () => _running.All(node => node.Value.Node.Status() is { Leader.Value: var led } status && led == leader
            && status.Epoch == this[leader].Status().Epoch
            && status.Links.Length == (node.Key == leader ? _running.Count - 1 : 1)),
        $"node {leader} leads all");

    public async Task HoldsAsync(Func<bool> condition, string what)
    {
        try
        {
            await Eventually.HoldsAsync(() => Faults() || condition(), what);
        }
        catch (Exception e)
        {
            lock (Log)
                throw new InvalidOperationException($"{e.Message}\n{string.Join('\n', Log)}", e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var id in _running.Keys.ToList())
            await StopAsync(id);
        Directory.Delete(_folder, recursive: true);
    }

    private bool Faults()
    {
        foreach (var (_, _, running) in _running.Values.Where(node => node.Running.IsFaulted))
            running.GetAwaiter().GetResult();
        return false;
    }

    private static int[] FreePorts(int count)
    {
        var sockets = Enumerable.Range(0, count).Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)).ToList();
        sockets.ForEach(socket => socket.Bind(new IPEndPoint(IPAddress.Loopback, 0)));
        int[] ports = [.. sockets.Select(socket => ((IPEndPoint)socket.LocalEndPoint!).Port)];
        sockets.ForEach(socket => socket.Dispose());
        return ports;
    }

    private sealed class Lines(TestNetwork network, int id) : ILogEventSink
    {
        public void Emit(LogEvent logEvent)
        {
            lock (network.Log)
                network.Log.Add($"{logEvent.Timestamp:ss.fff} {id}: {logEvent.RenderMessage(null)}{(logEvent.Exception is { } e ? $" {e}" : "")}");
        }
    }
}
