using P2PNode.Core.Election;
using P2PNode.Tests.Simulation.Listings;

namespace P2PNode.Tests.Simulation;

/// <summary>What survives a crash: the last epoch that was synced with the time of the last claim, and the log of the own listing up to its last sync.</summary>
/// <param name="mutation">Whether the disk says "written" before it is, so that a crash loses what was written last.</param>
internal sealed class SimulatedDisk(Mutation mutation)
{
    private (PersistEpoch Epoch, TimeSpan? ClaimedAt)? _written;
    private (PersistEpoch Epoch, TimeSpan? ClaimedAt)? _synced;

    public ListingLog Listing { get; } = new(mutation);

    /// <summary>What a process that starts on this disk knows.</summary>
    /// <param name="now">The true time.</param>
    /// <param name="setBack">By how much the machine's clocks were set back since the last claim.</param>
    public ElectionPast Past(TimeSpan now, TimeSpan setBack) => _written is { Epoch: var persisted, ClaimedAt: var claimedAt }
        ? new(
            persisted.Epoch,
            persisted.Leader,
            mutation.RemembersClaims && claimedAt is { } at ? now - at - setBack : TimeSpan.MaxValue)
        : ElectionPast.None;

    public void Write(PersistEpoch epoch, bool isClaim, TimeSpan now)
    {
        if (!mutation.DiskSyncs)
            _synced = _written;
        _written = (epoch, isClaim ? now : _written?.ClaimedAt);
        if (mutation.DiskSyncs)
            _synced = _written;
    }

    public void Crash(Cluster cluster)
    {
        _written = _synced;
        Listing.Crash(cluster);
    }
}
