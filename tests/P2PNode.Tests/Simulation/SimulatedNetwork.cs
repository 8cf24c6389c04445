using P2PNode.Core;
using P2PNode.Tests.Simulation.VirtualTime;

namespace P2PNode.Tests.Simulation;

/// <summary>Carries messages late, twice, out of order or not at all, as the dice and the cuts in force have it.</summary>
internal sealed class SimulatedNetwork(EventQueue queue, Random dice, IReadOnlyCollection<NodeId> nodes, Action<Happening> count)
{
    private readonly Dictionary<(NodeId From, NodeId To), int> _cuts = [];
    private readonly Dictionary<(NodeId From, NodeId To), TimeSpan> _lastArrivals = [];

    public Weather Weather { get; set; } = Weather.Fine;

    /// <summary>Cuts one direction; cuts add up, each is mended by one <see cref="Mend"/>.</summary>
    public void Cut(NodeId from, NodeId to) => _cuts[(from, to)] = _cuts.GetValueOrDefault((from, to)) + 1;

    public void Mend(NodeId from, NodeId to) => _cuts[(from, to)]--;

    public bool IsOpen(NodeId from, NodeId to) => _cuts.GetValueOrDefault((from, to)) == 0;

    public bool IsOpenBothWays(NodeId one, NodeId other) => IsOpen(one, other) && IsOpen(other, one);

    public TimeSpan Delay() =>
        Weather.ShortestDelay + dice.NextDouble() * (Weather.LongestDelay - Weather.ShortestDelay);

    /// <summary>Whether a message that has come so far gets through.</summary>
    public bool LetsThrough(NodeId from, NodeId to)
    {
        if (IsOpen(from, to))
            return true;
        count(IsOpen(to, from) ? Happening.MessageStoppedByOneWayCut
            : nodes.Any(third => IsOpenBothWays(from, third) && IsOpenBothWays(to, third)) ? Happening.MessageStoppedByPairCut
            : Happening.MessageStoppedByPartition);
        return false;
    }

    public bool Loses()
    {
        if (Weather.Loss == 0 || dice.NextDouble() >= Weather.Loss)
            return false;
        count(Happening.MessageLost);
        return true;
    }

    public void Carry(NodeId from, NodeId to, Action arrive)
    {
        if (Loses())
            return;
        CarryOnce(from, to, arrive);
        if (Weather.Duplication == 0 || dice.NextDouble() >= Weather.Duplication)
            return;
        count(Happening.MessageDuplicated);
        CarryOnce(from, to, arrive);
    }

    private void CarryOnce(NodeId from, NodeId to, Action arrive)
    {
        var arrival = queue.Now + Delay();
        if (arrival > queue.Now + Weather.Fine.LongestDelay)
            count(Happening.MessageDelayed);
        if (_lastArrivals.GetValueOrDefault((from, to)) is var last && last > arrival)
        {
            if (Weather.Reorders)
                count(Happening.MessageOvertaken);
            else
                arrival = last;
        }

        _lastArrivals[(from, to)] = arrival;
        queue.At(arrival, () =>
        {
            if (LetsThrough(from, to))
                arrive();
        });
    }
}
