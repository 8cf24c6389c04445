namespace P2PNode.Bench.Peers;

/// <summary>A collector that only receives, and owners that only send: one shared folder.</summary>
internal sealed class SyncthingSession(Stage stage, SyncthingDevice collector, IReadOnlyList<SyncthingDevice> owners) : ISession
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    private bool _isFirstStart = true;

    public Task StartAsync(CancellationToken stop)
    {
        foreach (var device in owners.Append(collector))
            device.Start();
        return Task.CompletedTask;
    }

    public async Task CollectedAsync(CancellationToken stop)
    {
        while (!await IsCollectedAsync(stop))
            await Task.Delay(Interval, TimeProvider.System, stop);
        _isFirstStart = false;
    }

    public Task BringChangesAsync(OwnerFolder owner, CancellationToken stop) => Task.CompletedTask;

    public string CollectedFrom(OwnerFolder owner) => stage.Collector;

    public Task StopAsync() => Task.WhenAll(owners.Append(collector).Select(device => device.StopAsync()));

    private async Task<bool> IsCollectedAsync(CancellationToken stop) =>
        await collector.StatusAsync(stop) is { State: "idle", NeedFiles: 0, NeedBytes: 0 } status
        && status.GlobalFiles >= stage.Files
        && status.LocalFiles >= stage.Files
        && (_isFirstStart || await IsInTouchAsync(stop));

    /// <summary>After a restart nothing is missing from the start: that shows only once the others have been heard.</summary>
    private async Task<bool> IsInTouchAsync(CancellationToken stop)
    {
        foreach (var owner in owners)
        {
            if (await owner.StatusAsync(stop) is not { State: "idle" })
                return false;
        }

        return await collector.ConnectionsAsync(stop) == owners.Count;
    }
}
