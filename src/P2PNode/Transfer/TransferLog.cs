using P2PNode.Core;
using Serilog;

namespace P2PNode.Transfer;

/// <summary>Every event that this room logs.</summary>
internal static class TransferLog
{
    public static void CannotServe(this ILogger log, NodeId owner, FilePath path, string reason) =>
        log.Debug("Cannot give {Path:l} of NODE{PeerId}: {Reason:l}", path.Value, owner.Value, reason);

    public static void BulkLinkViolated(this ILogger log, NodeId peer, string reason) =>
        log.Warning("Closed a bulk link with node {PeerId}: {Reason:l}", peer.Value, reason);

    public static void BulkLinkEnded(this ILogger log, NodeId peer, string reason) =>
        log.Debug("A bulk link to node {PeerId} ended: {Reason:l}", peer.Value, reason);

    public static void BulkLinkFailed(this ILogger log, NodeId peer, Exception e) =>
        log.Error(e, "A bulk link to node {PeerId} ended by a defect of this program", peer.Value);
}
