namespace P2PNode.Bench;

/// <summary>What is to be measured, and where.</summary>
internal sealed record BenchOptions
{
    public required IReadOnlyList<string> Work { get; init; }

    public required IReadOnlyList<string> Peers { get; init; }

    public required int Rounds { get; init; }

    public required int Failovers { get; init; }

    public required double Scale { get; init; }

    public required string DataFolder { get; init; }

    public required string WorkFolder { get; init; }

    /// <summary>Null: the program is built from the sources above.</summary>
    public required string? Executable { get; init; }

    /// <summary>Another build of the program that takes part beside it; null where there is none.</summary>
    public required string? ExecutableBefore { get; init; }

    /// <summary>How long to wait for a quiet machine before each run.</summary>
    public required TimeSpan Patience { get; init; }

    public required string? Json { get; init; }
}
