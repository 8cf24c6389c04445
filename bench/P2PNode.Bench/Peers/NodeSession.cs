using P2PNode.Bench.Processes;
using P2PNode.Node;

namespace P2PNode.Bench.Peers;

/// <summary>A network of nodes on one machine.</summary>
internal sealed class NodeSession : ISession
{
    private const int CollectorId = 1;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(5);

    private readonly Stage _stage;
    private readonly NodeNetwork _network;
    private bool _isFirstStart = true;

    public NodeSession(string executable, Stage stage)
    {
        _stage = stage;
        var folders = new Dictionary<int, string> { [CollectorId] = stage.Collector };
        foreach (var owner in stage.Owners)
            folders.Add(owner.Id, owner.Path);
        _network = new NodeNetwork(executable, stage.PathOf("nodes.json"), folders, stage.Roles);
    }

    public Task StartAsync(CancellationToken stop)
    {
        _network.Start(CollectorId, Roles.Collector);
        foreach (var owner in _stage.Owners)
            _network.Start(owner.Id, Roles.Owner);
        return Task.CompletedTask;
    }

    public async Task CollectedAsync(CancellationToken stop)
    {
        if (_isFirstStart)
            await LoggedAsync(stop);
        _isFirstStart = false;
        await HoldsAsync(IsComplete, stop);
    }

    public Task BringChangesAsync(OwnerFolder owner, CancellationToken stop) => Task.CompletedTask;

    public string CollectedFrom(OwnerFolder owner) => Path.Combine(_stage.Collector, "peers", $"NODE{owner.Id}");

    public Task StopAsync() => _network.StopAsync();

    private bool IsComplete(StatusReport status) =>
        status.Role == NodeRole.Leader
        && status.Catalogue.Files == _stage.Files
        && status.Pending.Files == 0
        && status.Listings.Expected >= _stage.Owners.Count
        && status.Listings.Complete == status.Listings.Expected;

    /// <summary>
    /// Waits until the collector has logged each file, which costs it nothing; asking it all the time would. It is asked
    /// after that, and now and then in case it logs something else than is expected here.
    /// </summary>
    private async Task LoggedAsync(CancellationToken stop)
    {
        var log = new CollectedCount(_network[CollectorId]);
        for (var turn = 1; log.Read() < _stage.Files; turn++)
        {
            _network.ThrowIfAnyEnded();
            if (turn % 200 == 0 && await _network.StatusAsync(CollectorId, stop) is { } status && IsComplete(status))
                return;
            await Task.Delay(Interval, TimeProvider.System, stop);
        }
    }

    private async Task HoldsAsync(Func<StatusReport, bool> condition, CancellationToken stop)
    {
        while (await _network.StatusAsync(CollectorId, stop) is not { } status || !condition(status))
        {
            _network.ThrowIfAnyEnded();
            await Task.Delay(Interval, TimeProvider.System, stop);
        }
    }
}
