using P2PNode.Bench.Processes;

namespace P2PNode.Bench.Peers;

/// <summary>
/// Syncthing, set up in its favour: the addresses are given, it reconnects after a second, looks for nobody, relays
/// nothing and reports nothing.
/// </summary>
internal sealed class Syncthing : IPeer
{
    public string Name => "syncthing";

    public string? Missing => Programs.Missing("syncthing");

    public async Task<ISession> PrepareAsync(Stage stage, CancellationToken stop)
    {
        var collector = await SyncthingDevice.CreateAsync(stage, "collector", stage.Collector, Roles.Collector, stop);
        var owners = new List<SyncthingDevice>();
        foreach (var owner in stage.Owners)
            owners.Add(await SyncthingDevice.CreateAsync(stage, $"NODE{owner.Id}", owner.Path, Roles.Owner, stop));

        SyncthingConfiguration.Write(collector, owners, "receiveonly");
        foreach (var owner in owners)
            SyncthingConfiguration.Write(owner, [collector], "sendonly");
        return new SyncthingSession(stage, collector, owners);
    }
}
