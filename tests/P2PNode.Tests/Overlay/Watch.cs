using System.Collections.Immutable;
using P2PNode.Core;
using P2PNode.Core.Membership;
using P2PNode.Sim.Network;

namespace P2PNode.Tests.Overlay;

/// <summary>Looks over the shoulders of all nodes of a run.</summary>
internal sealed class Watch
{
    private readonly SimNetwork _network;

    public Watch(SimNetwork network)
    {
        _network = network;
        network.MemberChanged += (node, change) =>
        {
            if (change.After.State is MemberState.Dead && network[change.After.Id.Value].IsUp)
                FalseDeaths.Add((network.Now, node.Id, change.After.Id));
        };
        network.DeathReported += (node, report) => Reports.Add((node.Id, report.Id));
    }

    /// <summary>Who held whom for dead although it was up.</summary>
    public List<(TimeSpan At, NodeId By, NodeId Of)> FalseDeaths { get; } = [];

    public List<(NodeId By, NodeId Of)> Reports { get; } = [];

    /// <summary>Whether all that run know of every node whether it is up.</summary>
    public bool AllKnowTheTruth()
    {
        ImmutableSortedSet<NodeId> up = [.. _network.Nodes.Where(node => node.IsUp).Select(node => node.Id)];
        return _network.Running.All(node => node.Members!.Alive.Count == up.Count)
            && _network.Running.All(node => node.Members!.Alive.SetEquals(up));
    }

    /// <summary>Whether all that run know that one is dead.</summary>
    public bool AllKnowDead(SimNode dead) => _network.Running.All(node =>
        node.Members!.TryGet(dead.Id, out var member) && member.State is MemberState.Dead);

    /// <summary>How many of those that run can be reached from one of them over links of neighbours.</summary>
    public int Reachable()
    {
        var first = _network.Running.First();
        var reached = new HashSet<NodeId> { first.Id };
        for (var next = new Queue<SimNode>([first]); next.TryDequeue(out var node);)
        {
            foreach (var id in node.Machine!.Neighbours)
            {
                var other = _network[id.Value];
                if (other is { IsUp: true, IsPaused: false } && other.Machine!.Neighbours.Contains(node.Id) && reached.Add(id))
                    next.Enqueue(other);
            }
        }

        return reached.Count;
    }
}
