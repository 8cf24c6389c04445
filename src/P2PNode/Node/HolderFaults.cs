using P2PNode.Core;
using P2PNode.Protocol;

namespace P2PNode.Node;

/// <summary>How often holders failed lately during one fetch, and why. Not thread-safe.</summary>
internal sealed class HolderFaults(TimeProvider clock)
{
    /// <summary>A holder that fails so often is not asked again for a while.</summary>
    private const int Most = 2;

    /// <summary>One that restarts is there again after some seconds; its fault is forgiven sooner than files are given up.</summary>
    private static readonly TimeSpan Forgiven = TimeSpan.FromSeconds(2);

    private readonly Dictionary<NodeId, (int Count, PeerException Last, long At)> _faults = [];

    /// <summary>
    /// A link with a holder ended, or could not be had. One that breaks the rules gets no second chance; that there are
    /// links enough is no fault.
    /// </summary>
    public void Note(NodeId holder, PeerException reason)
    {
        if (reason.Fault is not PeerFault.Full && !IsBanned(holder))
            _faults[holder] = (1 + CountOf(holder), reason, clock.GetTimestamp());
    }

    public bool MayBeAsked(NodeId holder) => !IsBanned(holder) && CountOf(holder) < Most;

    /// <summary>Whether what a holder last did was to refuse.</summary>
    public bool Refused(NodeId holder) => _faults.GetValueOrDefault(holder).Last?.Fault is PeerFault.Rejected;

    /// <summary>Why one of these failed; null if none did.</summary>
    public string? ReasonOf(IEnumerable<NodeId> holders) => holders
        .Where(_faults.ContainsKey)
        .Select(holder => $"node {holder} could not give it: {_faults[holder].Last.Message}")
        .FirstOrDefault();

    private bool IsBanned(NodeId holder) => _faults.GetValueOrDefault(holder).Last?.Fault is PeerFault.Violation;

    private int CountOf(NodeId holder) =>
        _faults.TryGetValue(holder, out var fault) && clock.GetElapsedTime(fault.At) < Forgiven ? fault.Count : 0;
}
