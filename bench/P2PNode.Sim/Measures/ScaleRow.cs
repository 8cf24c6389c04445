namespace P2PNode.Sim.Measures;

/// <summary>What was measured of a network of one size.</summary>
internal sealed record ScaleRow
{
    public required int Nodes { get; init; }

    /// <summary>The mean of the numbers of neighbours.</summary>
    public required double Neighbours { get; init; }

    /// <summary>For each crash of a host, how long it took until all others knew.</summary>
    public required IReadOnlyList<double> CrashKnownAfter { get; init; }

    /// <summary>The same for processes that were killed.</summary>
    public required IReadOnlyList<double> KillKnownAfter { get; init; }

    /// <summary>Of an idle node and second.</summary>
    public required double Messages { get; init; }

    public required double Bytes { get; init; }

    /// <summary>Messages that carried one text to all.</summary>
    public required double FloodCost { get; init; }

    /// <summary>Until the last node shows it.</summary>
    public required double FloodSeconds { get; init; }

    /// <summary>How long the network ran under loss, in virtual minutes.</summary>
    public required double LossyMinutes { get; init; }

    /// <summary>Live members that somebody held for dead meanwhile.</summary>
    public required int FalseDeaths { get; init; }

    /// <summary>Live members that were suspected by two and spoke up.</summary>
    public required int Refuted { get; init; }
}
