using P2PNode.Core;
using P2PNode.Core.Election;

namespace P2PNode.Tests.Simulation;

/// <summary>What survives a crash: the last epoch that was synced.</summary>
/// <param name="syncs">False for a disk that says "written" before it is, so that a crash loses what was written last.</param>
internal sealed class SimulatedDisk(bool syncs)
{
    private PersistEpoch? _written;
    private PersistEpoch? _synced;

    public Epoch Epoch => _written?.Epoch ?? default;

    public NodeId? Leader => _written?.Leader;

    public void Write(PersistEpoch epoch)
    {
        if (!syncs)
            _synced = _written;
        _written = epoch;
        if (syncs)
            _synced = _written;
    }

    public void Crash() => _written = _synced;
}
