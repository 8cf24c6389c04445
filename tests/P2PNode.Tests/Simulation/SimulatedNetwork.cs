using P2PNode.Core;
using P2PNode.Tests.Simulation.VirtualTime;

namespace P2PNode.Tests.Simulation;

/// <summary>Carries messages late, twice, out of order or not at all, as the dice and the cuts in force have it.</summary>
internal sealed class SimulatedNetwork(EventQueue queue, Random dice)
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

    public void Carry(NodeId from, NodeId to, Action arrive)
    {
        if (dice.NextDouble() < Weather.Loss)
            return;
        CarryOnce(from, to, arrive);
        if (dice.NextDouble() < Weather.Duplication)
            CarryOnce(from, to, arrive);
    }

    private void CarryOnce(NodeId from, NodeId to, Action arrive)
    {
        var arrival = queue.Now + Delay();
        if (!Weather.Reorders && _lastArrivals.GetValueOrDefault((from, to)) is var last && last > arrival)
            arrival = last;
        _lastArrivals[(from, to)] = arrival;
        queue.At(arrival, () =>
        {
            if (IsOpen(from, to))
                arrive();
        });
    }
}
