using P2PNode.Core;

namespace P2PNode.Tests.Simulation.Faults;

/// <summary>All that goes wrong in one run: drawn from the seed, over and mended at <see cref="Ends"/>.</summary>
internal sealed class FaultSchedule
{
    private readonly Random _dice;
    private readonly int _size;
    private readonly TimeSpan _heartbeat;

    public FaultSchedule(int seed, int size, TimeSpan heartbeat, double heartbeats)
    {
        (_dice, _size, _heartbeat) = (new Random(~seed), size, heartbeat);
        Ends = heartbeats * heartbeat;
        Starts = [.. Enumerable.Range(1, size).Select(_ => _dice.Next(2) * _dice.NextDouble() * 10 * heartbeat)];
        Faults = [.. Enumerable.Range(0, _dice.Next(2, 14)).Select(_ => Draw()).OrderBy(fault => fault.At)];
    }

    /// <summary>When each node starts for the first time: half of them together.</summary>
    public IReadOnlyList<TimeSpan> Starts { get; }

    public IReadOnlyList<Fault> Faults { get; }

    public TimeSpan Ends { get; }

    public void Plan(Cluster cluster)
    {
        foreach (var (node, start) in cluster.Nodes.Values.Zip(Starts))
            cluster.Queue.At(start, node.Start);
        foreach (var fault in Faults)
        {
            cluster.Queue.At(fault.At, () => fault.Begin(cluster));
            cluster.Queue.At(fault.At + fault.Lasts, () => fault.End(cluster));
        }
    }

    private Fault Draw()
    {
        var at = _dice.NextDouble() * 0.9 * Ends;
        var wanted = _heartbeat * (0.1 + 20 * _dice.NextDouble() * _dice.NextDouble());
        var lasts = wanted < Ends - at ? wanted : Ends - at;
        return _dice.Next(9) switch
        {
            0 => new Crash(Node(), null) { At = at, Lasts = lasts },
            1 or 2 => new Crash(Node(), _dice.Next(12)) { At = at, Lasts = lasts },
            3 => new Pause(Node()) { At = at, Lasts = lasts },
            4 => new Cut("One-way", OneWay()) { At = at, Lasts = lasts },
            5 => new Cut("Pair", Pair()) { At = at, Lasts = lasts },
            6 => new Cut("Partition", Split()) { At = at, Lasts = lasts },
            7 => new ListingLoss(Node()) { At = at, Lasts = lasts },
            _ => new Storm(Bad()) { At = at, Lasts = lasts },
        };
    }

    private IReadOnlyList<(NodeId From, NodeId To)> OneWay() => [Pair()[0]];

    private IReadOnlyList<(NodeId From, NodeId To)> Pair()
    {
        var one = Number();
        return Cuts.Between(one, 1 + (one + _dice.Next(_size - 1)) % _size);
    }

    private IReadOnlyList<(NodeId From, NodeId To)> Split()
    {
        var side = Enumerable.Range(1, _size).Where(_ => _dice.Next(2) == 0).ToList();
        return Cuts.Between(side, Enumerable.Range(1, _size).Except(side));
    }

    private Weather Bad() => new()
    {
        Loss = 0.3 * _dice.NextDouble() * _dice.NextDouble(),
        Duplication = 0.2 * _dice.NextDouble(),
        BatchLoss = _dice.Next(3) == 0 ? 0.2 * _dice.NextDouble() : 0,
        EntryLoss = _dice.Next(3) == 0 ? 0.2 * _dice.NextDouble() : 0,
        Reorders = _dice.Next(2) == 0,
        LongestDelay = _heartbeat * _dice.NextDouble() * 0.8,
    };

    private NodeId Node() => new(Number());

    private int Number() => _dice.Next(1, _size + 1);
}
