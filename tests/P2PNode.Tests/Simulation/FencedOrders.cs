using P2PNode.Core;
using P2PNode.Core.Election;

namespace P2PNode.Tests.Simulation;

/// <summary>
/// Stands for all destructive steps: whoever believes to lead orders them of random nodes under its epoch, and they
/// travel as slowly as the network has it.
/// </summary>
internal sealed class FencedOrders(SimulatedNode node, Cluster cluster) : ICompanion
{
    public void Started() => node.Later(cluster.Options.Heartbeat * (0.5 + cluster.Dice.NextDouble()), GiveOrder);

    public void Happened(ElectionEffect effect) { }

    public void LinksChanged() { }

    public void Received(NodeId from, object connection, object message)
    {
        if (message is Order order && node.Machine!.Admits(order.Epoch, from))
            cluster.Invariants.Executed(node.Id, order.Epoch);
    }

    private void GiveOrder()
    {
        if (node.Machine is { Role: Role.Leader } leader && node.Links.Count > 0)
            node.Do(() => node.Say(node.Links.ElementAt(cluster.Dice.Next(node.Links.Count)), new Order(leader.Epoch)));
        Started();
    }

    private sealed record Order(Epoch Epoch);
}
