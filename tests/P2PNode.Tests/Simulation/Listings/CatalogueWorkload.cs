using P2PNode.Core;
using P2PNode.Core.Catalogue;

namespace P2PNode.Tests.Simulation.Listings;

/// <summary>Users who change their folders on every node of a network, and a catalogue on each that has to follow.</summary>
internal sealed class CatalogueWorkload
{
    private readonly Cluster _cluster;
    private readonly Dictionary<NodeId, UserFolder> _folders;
    private readonly Dictionary<NodeId, SimulatedCatalogue> _catalogues = [];

    /// <summary>Not the cluster's dice, so that users do the same whatever becomes of the network.</summary>
    private readonly Random _dice;

    public CatalogueWorkload(Cluster cluster)
    {
        (_cluster, _dice) = (cluster, new Random(cluster.Seed * 31));
        _folders = cluster.Nodes.Keys.ToDictionary(id => id, _ => new UserFolder(_dice, cluster.Count));
        cluster.Companions.Clear();
        cluster.Companions.Add((node, _) => new FencedOrders(node, cluster));
        cluster.Companions.Add((node, _) => _catalogues[node.Id] = new SimulatedCatalogue(node, cluster, _folders[node.Id]));
    }

    /// <summary>Has every user change things at random times until then.</summary>
    public void Plan(TimeSpan end)
    {
        foreach (var (id, folder) in _folders)
        {
            var pace = (0.3 + 4 * _dice.NextDouble()) * _cluster.Options.Heartbeat;
            for (var at = pace * _dice.NextDouble(); at < end; at += pace * 2 * _dice.NextDouble())
                _cluster.Queue.At(at, () => Change(id, folder.Change));
        }
    }

    /// <summary>Has every user change something now.</summary>
    public void ChangeAll()
    {
        foreach (var (id, folder) in _folders)
            Change(id, folder.Touch);
    }

    /// <summary>Waits until the leader lists exactly what lies in the folders, and its successor does.</summary>
    /// <exception cref="SimulationFailure">It took more than so many heartbeats.</exception>
    /// <returns>How many heartbeats it took.</returns>
    public double IsCompleteWithin(double heartbeats) =>
        _cluster.ReachWithin(heartbeats, "the catalogue of the leader and its successor is complete", () =>
            _cluster.Nodes.Values.FirstOrDefault(node => node.Machine?.Leader == node.Id) is { } leader
            && IsComplete(leader.Id)
            && IsComplete(_cluster.Nodes.Keys.First(id => id != leader.Id)));

    private void Change(NodeId id, Action change)
    {
        change();
        if (_cluster.Nodes[id].Machine is not null)
            _catalogues[id].FolderChanged();
    }

    private bool IsComplete(NodeId at)
    {
        var catalogue = _catalogues[at].Catalogue;
        return _folders.All(folder => Lists(catalogue.EntriesOf(folder.Key), folder.Value));
    }

    private static bool Lists(IEnumerable<FileEntry> entries, UserFolder folder) => entries
        .Select(entry => (entry.Path, (entry.Kind, entry.Size, entry.MtimeTicks, entry.Root)))
        .SequenceEqual(folder.Items.Select(item => (item.Key, UserFolder.Describe(item.Value))));
}
