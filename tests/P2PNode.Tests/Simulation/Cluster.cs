using P2PNode.Core;
using P2PNode.Core.Election;
using P2PNode.Tests.Simulation.Listings;
using P2PNode.Tests.Simulation.VirtualTime;

namespace P2PNode.Tests.Simulation;

/// <summary>A whole network in one thread: the product's cores, everything else simulated from one seed.</summary>
internal sealed class Cluster
{
    public Cluster(int seed, int size, Mutation? mutation = null, bool keepsLines = false, int breadth = int.MaxValue)
    {
        Options = new ElectionOptions { Breadth = breadth };
        (Seed, Dice, Trace) = (seed, new Random(seed), new Trace(keepsLines));
        Mutation = mutation ?? new Mutation("none");
        Invariants = new Invariants(Options);
        Nodes = new SortedDictionary<NodeId, SimulatedNode>(Enumerable.Range(1, size)
            .Select(value => new NodeId(value))
            .ToDictionary(id => id, id => new SimulatedNode(id, this, new SimulatedDisk(Mutation))));
        Network = new SimulatedNetwork(Queue, Dice, Nodes.Keys, Count);
    }

    public int Seed { get; }

    public Random Dice { get; }

    public Trace Trace { get; }

    public ElectionOptions Options { get; }

    /// <summary>The heartbeat that a node is set to; that of all where nothing else is said.</summary>
    public Func<NodeId, TimeSpan>? HeartbeatOf { get; set; }

    /// <summary>How many links a node has at most (maxPeers).</summary>
    public Func<NodeId, int> MostLinksOf { get; set; } = _ => int.MaxValue;

    public Mutation Mutation { get; }

    public EventQueue Queue { get; } = new();

    public SimulatedNetwork Network { get; }

    public Invariants Invariants { get; }

    public ListingHistory History { get; } = new();

    public SortedDictionary<NodeId, SimulatedNode> Nodes { get; }

    /// <summary>How often each kind of trouble came about.</summary>
    public Dictionary<Happening, long> Tally { get; } = [];

    /// <summary>What each process runs beside the election.</summary>
    public List<Func<SimulatedNode, Cluster, ICompanion>> Companions { get; } =
        [(node, cluster) => new FencedOrders(node, cluster), (node, cluster) => new RestOfNode(node, cluster)];

    public TimeSpan Now => Queue.Now;

    /// <summary>For tests of many seeds: as many threads as the build machine has cores.</summary>
    public static ParallelOptions TwoThreads { get; } = new() { MaxDegreeOfParallelism = 2 };

    public SimulatedNode this[int id] => Nodes[new NodeId(id)];

    public IEnumerable<SimulatedNode> Running => Nodes.Values.Where(node => node.Machine is not null && !node.IsPaused);

    public ElectionOptions OptionsOf(NodeId node) =>
        HeartbeatOf is null ? Options : Options with { Heartbeat = HeartbeatOf(node) };

    public void StartAll()
    {
        foreach (var node in Nodes.Values)
            node.Start();
    }

    /// <summary>How long a part of a node takes for what is asked of it: up to half a heartbeat.</summary>
    public TimeSpan Soon() => Options.Heartbeat * Dice.NextDouble() / 2;

    public void Count(Happening happening) => Tally[happening] = Tally.GetValueOrDefault(happening) + 1;

    /// <summary>Lets so many heartbeats pass.</summary>
    public void Run(double heartbeats) => Queue.RunUntil(Now + heartbeats * Options.Heartbeat, () => false);

    public void Note(NodeId node, object what, long value)
    {
        var kind = what switch
        {
            string text => text,
            Received { Message: var message } => message.GetType().Name,
            Send { Message: var message } => message.GetType().Name,
            _ => what.GetType().Name,
        };
        Trace.Note(Now, node, what, kind, value);
    }

    /// <summary>How it stands, for a person who looks into a failure.</summary>
    public override string ToString() => string.Join("; ", Nodes.Values.Select(node => node.Machine is { } machine
        ? $"{node.Id} {machine.Role} under {machine.Leader} in {machine.Epoch}, links {string.Join(",", node.Links)}"
        : $"{node.Id} down"));
}
