using P2PNode.Core;

namespace P2PNode.Tests.Simulation.Faults;

/// <summary>The shapes that cuts have in practice.</summary>
internal static class Cuts
{
    /// <summary>Both directions between two nodes, as others reach both: connectivity that is not transitive.</summary>
    public static IReadOnlyList<(NodeId From, NodeId To)> Between(int one, int other) => Between([one], [other]);

    /// <summary>A clean partition.</summary>
    public static IReadOnlyList<(NodeId From, NodeId To)> Between(IEnumerable<int> side, IEnumerable<int> rest) =>
    [
        .. from one in side
           from other in rest
           from path in new[] { (new NodeId(one), new NodeId(other)), (new NodeId(other), new NodeId(one)) }
           select path,
    ];

    public static IReadOnlyList<(NodeId From, NodeId To)> OneWay(int from, int to) => [(new NodeId(from), new NodeId(to))];

    public static void Begin(this Cluster cluster, IReadOnlyList<(NodeId From, NodeId To)> paths) => Cut(paths).Begin(cluster);

    public static void End(this Cluster cluster, IReadOnlyList<(NodeId From, NodeId To)> paths) => Cut(paths).End(cluster);

    private static Cut Cut(IReadOnlyList<(NodeId From, NodeId To)> paths) =>
        new("Scripted", paths) { At = TimeSpan.Zero, Lasts = TimeSpan.Zero };
}
