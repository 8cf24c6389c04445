namespace P2PNode.Tests.Simulation;

/// <summary>A connection as one of its ends sees it. Both ends hold the same <see cref="Connection"/>, each for itself.</summary>
internal sealed class SimulatedLink(object connection)
{
    public object Connection { get; } = connection;

    /// <summary>What this end has sent in order and the other has not got yet.</summary>
    public Queue<(TimeSpan Due, object Message, Action? Arrived)> Stream { get; } = new();

    /// <summary>Whether the delivery of what waits in the stream is planned.</summary>
    public bool IsDelivering { get; set; }

    /// <summary>How many keepalives went unanswered in a row.</summary>
    public int Misses { get; set; }
}
