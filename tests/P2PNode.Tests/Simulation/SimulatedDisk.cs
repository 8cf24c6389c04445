using P2PNode.Core;
using P2PNode.Core.Election;
using P2PNode.Tests.Simulation.Listings;

namespace P2PNode.Tests.Simulation;

/// <summary>What survives a crash: the last epoch that was synced, and the log of the own listing up to its last sync.</summary>
/// <param name="mutation">Whether the disk says "written" before it is, so that a crash loses what was written last.</param>
internal sealed class SimulatedDisk(Mutation mutation)
{
    private PersistEpoch? _written;
    private PersistEpoch? _synced;

    public Epoch Epoch => _written?.Epoch ?? default;

    public NodeId? Leader => _written?.Leader;

    public ListingLog Listing { get; } = new(mutation);

    public void Write(PersistEpoch epoch)
    {
        if (!mutation.DiskSyncs)
            _synced = _written;
        _written = epoch;
        if (mutation.DiskSyncs)
            _synced = _written;
    }

    public void Crash(Cluster cluster)
    {
        _written = _synced;
        Listing.Crash(cluster);
    }
}
