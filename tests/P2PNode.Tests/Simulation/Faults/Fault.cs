using P2PNode.Core;

namespace P2PNode.Tests.Simulation.Faults;

/// <summary>Something that goes wrong at a time and is mended after a while.</summary>
internal abstract record Fault
{
    public required TimeSpan At { get; init; }

    public required TimeSpan Lasts { get; init; }

    public abstract void Begin(Cluster cluster);

    public abstract void End(Cluster cluster);
}

/// <summary>kill -9 and a restart; with <see cref="Effects"/> not at once but between two effects of a later step.</summary>
internal sealed record Crash(NodeId Node, int? Effects) : Fault
{
    public override void Begin(Cluster cluster)
    {
        if (Effects is { } effects)
            cluster.Nodes[Node].CrashAfter(effects);
        else
            cluster.Nodes[Node].Crash();
    }

    public override void End(Cluster cluster)
    {
        // A crash that has not come yet must not come after the faults are over.
        cluster.Nodes[Node].Crash();
        cluster.Nodes[Node].Start();
    }
}

/// <summary>A crash after which the log of the own listing is gone.</summary>
internal sealed record ListingLoss(NodeId Node) : Fault
{
    public override void Begin(Cluster cluster)
    {
        cluster.Nodes[Node].Crash();
        cluster.Nodes[Node].Disk.Listing.Lose();
        cluster.Count(Happening.ListingLost);
    }

    public override void End(Cluster cluster) => cluster.Nodes[Node].Start();
}

/// <summary>SIGSTOP and SIGCONT.</summary>
internal sealed record Pause(NodeId Node) : Fault
{
    public override void Begin(Cluster cluster) => cluster.Nodes[Node].Pause();

    public override void End(Cluster cluster) => cluster.Nodes[Node].Resume();
}

/// <summary>Paths that carry nothing.</summary>
internal sealed record Cut(string Kind, IReadOnlyList<(NodeId From, NodeId To)> Paths) : Fault
{
    public override void Begin(Cluster cluster)
    {
        foreach (var (from, to) in Paths)
            cluster.Network.Cut(from, to);
    }

    public override void End(Cluster cluster)
    {
        foreach (var (from, to) in Paths)
            cluster.Network.Mend(from, to);
    }

    public override string ToString() =>
        $"{Kind} cut of {string.Join(", ", Paths.Select(path => $"{path.From}>{path.To}"))} at {At} for {Lasts}";
}

/// <summary>Loss, delay, duplication or reordering on all paths.</summary>
internal sealed record Storm(Weather Weather) : Fault
{
    public override void Begin(Cluster cluster) => cluster.Network.Weather = Weather;

    public override void End(Cluster cluster) => cluster.Network.Weather = Weather.Fine;
}
