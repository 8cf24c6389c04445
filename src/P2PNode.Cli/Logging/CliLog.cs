using P2PNode.Core;
using Serilog;

namespace P2PNode.Cli.Logging;

/// <summary>Every event that the command line logs of the nodes it runs: one method per event.</summary>
internal static class CliLog
{
    public static void NodeCannotStart(this ILogger log, string reason) => log.Error("{Reason}", reason);

    public static void AddressInUse(this ILogger log, NodeId node, NodeAddress address) => log.Error(
        "Node {NodeId} cannot listen at {Address}, which is in use; stop what listens there or choose another port",
        node.Value,
        address);

    public static void AddressNotUsable(this ILogger log, NodeId node, NodeAddress address, string reason) => log.Error(
        "Node {NodeId} cannot listen at {Address} on this machine: {Reason}", node.Value, address, reason);

    public static void NodeCannotGoOn(this ILogger log, NodeId node, Exception reason) =>
        log.Error(reason, "Node {NodeId} cannot go on", node.Value);

    public static void NodeFailed(this ILogger log, NodeId node, Exception reason) =>
        log.Fatal(reason, "Node {NodeId} failed", node.Value);

    public static void SeedFailed(this ILogger log, Exception reason) => log.Fatal(reason, "The seed failed");

    public static void HomesLost(this ILogger log, string loss) => log.Warning("{Loss:l}", loss);

    public static void NodeGone(this ILogger log, NodeId node, string folder) => log.Warning(
        "Node {NodeId} is forgotten here, as its folder {Folder:l} is gone; where it is now, run it with --folder", node.Value, folder);

    public static void NodeAway(this ILogger log, NodeId node, string folder) => log.Warning(
        "Node {NodeId} is passed over, as {Folder:l} leads to no folder at the moment; mount what it leads to before the next start", node.Value, folder);

    public static void OthersStopped(this ILogger log, NodeId node) =>
        log.Warning("Stopping the other nodes, because node {NodeId} ended", node.Value);
}
