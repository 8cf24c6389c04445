using P2PNode.Core;
using P2PNode.Core.Election;

namespace P2PNode.Tests.Simulation;

/// <summary>
/// What must hold whatever happens (design 3), judged by what a node lets others see: a step that is lost in a crash
/// before anybody learned of it did not happen.
/// </summary>
internal sealed class Invariants(ElectionOptions options)
{
    private readonly Dictionary<NodeId, Epoch> _epochs = [];
    private readonly Dictionary<(NodeId Node, Epoch Epoch), NodeId> _leaders = [];
    private readonly Dictionary<NodeId, (Epoch Epoch, TimeSpan At)> _lastClaims = [];

    /// <summary>How many claims were made.</summary>
    public int Claims { get; private set; }

    /// <summary>How many fenced orders were carried out.</summary>
    public int Orders { get; private set; }

    public void Said(NodeId node, ElectionMessage message, TimeSpan now)
    {
        Showed(node, message.Epoch);
        if (message is Heartbeat or Claim)
            Accepted(node, message.Epoch, node, now);
        if (message is Following { Leader: { } leader })
            Accepted(node, message.Epoch, leader, now);
    }

    public void Stands(ElectionMachine machine, TimeSpan now)
    {
        Showed(machine.Self, machine.Epoch);
        if (machine.Leader is { } leader)
            Accepted(machine.Self, machine.Epoch, leader, now);

        var isSound = machine.Role switch
        {
            Role.Leader or Role.Yielding => machine.Leader == machine.Self,
            Role.Follower => machine.Leader is not null && machine.Leader != machine.Self,
            _ => machine.Leader is null,
        };
        Demand(isSound, $"node {machine.Self} is {machine.Role} while its leader is {machine.Leader}");
        Demand(machine.WakeAt > now, $"node {machine.Self} asks to be woken in the past");
    }

    public void Executed(NodeId node, Epoch order)
    {
        Orders++;
        Demand(order >= _epochs.GetValueOrDefault(node), $"node {node} carried out an order of past epoch {order}");
    }

    private void Showed(NodeId node, Epoch epoch)
    {
        var before = _epochs.GetValueOrDefault(node);
        Demand(epoch >= before, $"the epoch of node {node} went back from {before} to {epoch}");
        _epochs[node] = epoch;
    }

    private void Accepted(NodeId node, Epoch epoch, NodeId leader, TimeSpan now)
    {
        if (!_leaders.TryAdd((node, epoch), leader))
        {
            var first = _leaders[(node, epoch)];
            Demand(first == leader, $"node {node} accepted leaders {first} and {leader} in epoch {epoch}");
        }
        else if (leader == node)
        {
            Claimed(node, epoch, now);
        }
    }

    private void Claimed(NodeId node, Epoch epoch, TimeSpan now)
    {
        Claims++;
        if (_lastClaims.TryGetValue(node, out var last))
        {
            Demand(
                now - last.At >= options.Heartbeat,
                $"node {node} claimed epochs {last.Epoch} and {epoch} within one heartbeat");
        }

        _lastClaims[node] = (epoch, now);
    }

    private static void Demand(bool holds, string otherwise)
    {
        if (!holds)
            throw new SimulationFailure(otherwise);
    }
}
