using P2PNode.Core;
using P2PNode.Protocol;

namespace P2PNode.Node;

/// <summary>How often holders failed during one fetch, and why. Not thread-safe.</summary>
internal sealed class HolderFaults
{
    /// <summary>A holder that fails so often is not asked again.</summary>
    private const int Most = 2;

    private readonly Dictionary<NodeId, (int Count, PeerException Last)> _faults = [];

    /// <summary>A link with a holder ended, or could not be had. One that breaks the rules gets no second chance.</summary>
    public void Note(NodeId holder, PeerException reason) =>
        _faults[holder] = (reason.Fault is PeerFault.Violation ? Most : 1 + _faults.GetValueOrDefault(holder).Count, reason);

    public bool MayBeAsked(NodeId holder) => _faults.GetValueOrDefault(holder).Count < Most;

    /// <summary>Whether what a holder last did was to refuse.</summary>
    public bool Refused(NodeId holder) => _faults.GetValueOrDefault(holder).Last?.Fault is PeerFault.Rejected;

    /// <summary>Why one of these failed; null if none did.</summary>
    public string? ReasonOf(IEnumerable<NodeId> holders) => holders
        .Where(_faults.ContainsKey)
        .Select(holder => $"node {holder} could not give it: {_faults[holder].Last.Message}")
        .FirstOrDefault();
}
