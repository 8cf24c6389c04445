namespace P2PNode.Tests.Simulation;

/// <summary>A connection as one of its ends sees it. Both ends hold the same <see cref="Connection"/>, each for itself.</summary>
internal sealed class SimulatedLink(object connection)
{
    public object Connection { get; } = connection;

    /// <summary>How many keepalives went unanswered in a row.</summary>
    public int Misses { get; set; }
}
