namespace P2PNode.Tests.Simulation;

/// <summary>How well the network does for a while.</summary>
internal sealed record Weather
{
    public static readonly Weather Fine = new();

    /// <summary>The chance that a message is lost although its link stays up, which is harsher than TCP.</summary>
    public double Loss { get; init; }

    public double Duplication { get; init; }

    /// <summary>Whether messages overtake one another, and outlive the link that carried them.</summary>
    public bool Reorders { get; init; }

    /// <summary>The chance that a batch of a listing falls out of its stream, as by a fault of the one who sends it.</summary>
    public double BatchLoss { get; init; }

    /// <summary>The chance that an entry falls out of a batch.</summary>
    public double EntryLoss { get; init; }

    public TimeSpan ShortestDelay { get; init; } = TimeSpan.FromMilliseconds(0.5);

    public TimeSpan LongestDelay { get; init; } = TimeSpan.FromMilliseconds(20);
}
