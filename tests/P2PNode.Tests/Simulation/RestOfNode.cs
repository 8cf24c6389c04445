using P2PNode.Core;
using P2PNode.Core.Election;

namespace P2PNode.Tests.Simulation;

/// <summary>Stands for all that the election asks of a node, and does it without fail after a while.</summary>
internal sealed class RestOfNode(SimulatedNode node, Cluster cluster) : ICompanion
{
    public void Started() { }

    public void Happened(ElectionEffect effect)
    {
        if (effect is LeaderChanged { Leader: { } leader } && leader != node.Id)
            node.Later(cluster.Soon(), () => node.Input(new CatalogueCaughtUp(true)));
        if (effect is PrepareYield yield)
            node.Later(cluster.Soon(), () => node.Input(new YieldPrepared(yield.To)));
    }

    public void LinksChanged() { }

    public void Received(NodeId from, object connection, object message) { }
}
