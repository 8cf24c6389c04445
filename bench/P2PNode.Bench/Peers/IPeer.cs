namespace P2PNode.Bench.Peers;

/// <summary>A system that brings the files of several owners to one collector.</summary>
internal interface IPeer
{
    string Name { get; }

    /// <summary>Why it cannot take part here, as the rest of a sentence; null where it can.</summary>
    string? Missing { get; }

    /// <summary>Writes what its processes need; nothing is started yet, and no time is taken.</summary>
    Task<ISession> PrepareAsync(Stage stage, CancellationToken stop);
}
