using P2PNode.Bench.Processes;

namespace P2PNode.Bench.Peers;

/// <summary>A server at the collector; each owner pushes its folder there with one rsync, both at the same time.</summary>
internal abstract class RsyncSession(Stage stage) : ISession
{
    private List<RunningProcess> _pushes = [];
    private RunningProcess? _server;

    protected Stage Stage { get; } = stage;

    protected int Port { get; } = Ports.Take();

    public async Task StartAsync(CancellationToken stop)
    {
        _server = StartServer();
        await Ports.UntilOpenAsync(Port, _server, stop);
        _pushes = [.. Stage.Owners.Select(Push)];
    }

    public Task CollectedAsync(CancellationToken stop) => Task.WhenAll(_pushes.Select(push => push.SucceedAsync(stop)));

    public Task BringChangesAsync(OwnerFolder owner, CancellationToken stop) => Push(owner).SucceedAsync(stop);

    public string CollectedFrom(OwnerFolder owner) => Path.Combine(Stage.Collector, $"NODE{owner.Id}");

    public async Task StopAsync()
    {
        foreach (var push in _pushes)
            await push.StopAsync();
        if (_server is not null)
            await _server.StopAsync();
    }

    protected abstract RunningProcess StartServer();

    /// <summary>How rsync names the place where the collector keeps this owner's files, and how it gets there.</summary>
    protected abstract IEnumerable<string> Destination(OwnerFolder owner);

    private RunningProcess Push(OwnerFolder owner) =>
        Stage.Roles.Start(Roles.Owner, "rsync", ["-a", owner.Path + "/", .. Destination(owner)]);
}
