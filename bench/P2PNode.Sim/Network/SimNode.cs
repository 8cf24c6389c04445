using P2PNode.Core;
using P2PNode.Core.Membership;

namespace P2PNode.Sim.Network;

/// <summary>One simulated process, and the host that it runs on.</summary>
public sealed class SimNode(NodeId id)
{
    public NodeId Id { get; } = id;

    /// <summary>What it knows; null before its first start.</summary>
    public MemberTable? Members { get; internal set; }

    public OverlayMachine? Machine { get; internal set; }

    /// <summary>Whether its process runs, be it stopped by a signal or not.</summary>
    public bool IsUp { get; internal set; }

    /// <summary>Whether it is stopped by a signal.</summary>
    public bool IsPaused { get; internal set; }

    /// <summary>Whether its host is off, so that nothing answers there.</summary>
    public bool IsHostOff { get; internal set; }

    /// <summary>The last incarnation on its disk.</summary>
    public long Incarnation { get; internal set; }

    /// <summary>Texts that it has shown in this life.</summary>
    public HashSet<RumourId> Shown { get; } = [];

    /// <summary>What it wrote to the network since counting began.</summary>
    public long MessagesSent { get; internal set; }

    public long BytesSent { get; internal set; }

    internal Dictionary<NodeId, SimLink> Links { get; } = [];

    internal IReadOnlySet<NodeId> Wanted { get; set; } = new HashSet<NodeId>();

    /// <summary>Whom it is dialling, and how often in vain.</summary>
    internal Dictionary<NodeId, int> Dials { get; } = [];

    /// <summary>What came while it was stopped.</summary>
    internal Queue<SimEvent> Backlog { get; } = new();

    internal TimeSpan WakeAt { get; set; }

    internal Member Row => new()
    {
        Id = Id,
        Host = "10.0.0.1",
        Port = 3000 + Id.Value % 2000,
        Incarnation = Incarnation,
        State = MemberState.Alive,
    };
}
