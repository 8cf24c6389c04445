namespace P2PNode.Sim.Network;

/// <summary>How well the network does.</summary>
public sealed record Weather
{
    /// <summary>The chance that a message is lost although its link stays up, which is harsher than TCP.</summary>
    public double Loss { get; init; }

    /// <summary>Whether messages overtake one another, which TCP never lets happen.</summary>
    public bool Reorders { get; init; }

    public TimeSpan ShortestDelay { get; init; } = TimeSpan.FromMilliseconds(0.5);

    public TimeSpan LongestDelay { get; init; } = TimeSpan.FromMilliseconds(20);
}
