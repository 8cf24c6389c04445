using System.Net;
using P2PNode.Core;
using P2PNode.Security;
using Serilog;

namespace P2PNode.Transport;

/// <summary>Every event that this room logs.</summary>
internal static class TransportLog
{
    public static void AcceptFailed(this ILogger log, string reason) =>
        log.Warning("A connection could not be taken: {Reason}", reason);

    public static void StrangerTurnedAway(this ILogger log, IPAddress from) =>
        log.Warning("Turned a connection from {Address} away: too many have not said who they are", from);

    public static void StrangerFailed(this ILogger log, EndPoint? remote, string reason) =>
        log.Warning("Closed the connection from {RemoteEndPoint}: {Reason}", remote, reason);

    public static void StrangersPassedOver(this ILogger log, long count) =>
        log.Warning("{Count} more connections were closed or turned away meanwhile, too many to name", count);

    public static void GreetingFailed(this ILogger log, EndPoint? remote, Exception e) =>
        log.Error(e, "The connection from {RemoteEndPoint} ended by a defect of this program", remote);

    public static void StoppedGreeting(this ILogger log, EndPoint? remote) =>
        log.Debug("Cut the connection from {RemoteEndPoint}: this node stops", remote);

    public static void DuplicateId(this ILogger log, NodeId id, EndPoint? remote) =>
        log.Error("Refused {RemoteEndPoint}: it says that it is node {PeerId}, and so does a node that is linked already", remote, id.Value);

    public static void TableFull(this ILogger log, NodeId peer, string reason) =>
        log.Warning("Refused node {PeerId}, and will so refuse others until there is room: {Reason:l} (maxPeers)", peer.Value, reason);

    public static void LeaderFull(this ILogger log, NodeId peer, string reason) =>
        log.Warning("Refused node {PeerId}, and will so refuse others until there is room: {Reason:l}. As this node leads, whoever is refused has no leader: raise maxPeers of this node, or leave it out", peer.Value, reason);

    public static void Certified(this ILogger log, NameRole role, NodeId id, IPAddress from) =>
        log.Information("Certified {Address} as {Role:l} {PeerId}", from, role.Word(), id.Value);

    public static void CannotCertify(this ILogger log, string reason) =>
        log.Error("Nobody can join over this node: {Reason:l}", reason);

    public static void DialFailed(this ILogger log, NodeId peer, NodeAddress address, string reason) =>
        log.Debug("No link to node {PeerId} at {Address}: {Reason}", peer.Value, address, reason);

    public static void AlreadyLinked(this ILogger log, NodeId peer) =>
        log.Debug("Node {PeerId} linked first", peer.Value);

    public static void CannotAnnounce(this ILogger log, IPAddress source, string reason) =>
        log.Warning("This node cannot be found on the network of {Address}: {Reason:l}; it keeps trying", source, reason);

    public static void CannotHearAnnouncements(this ILogger log, int port, string reason) =>
        log.Warning("Nodes that announce themselves are not heard at UDP port {Port}: {Reason:l}; free the port, this node keeps trying", port, reason);
}
