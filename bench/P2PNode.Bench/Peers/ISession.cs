using P2PNode.Bench.Processes;

namespace P2PNode.Bench.Peers;

/// <summary>A peer on a stage: it can be started, watched and stopped, more than once.</summary>
internal interface ISession
{
    /// <summary>Starts all processes, from nothing.</summary>
    Task StartAsync(CancellationToken stop);

    /// <summary>Returns when the collector has every file and knows that it lacks none.</summary>
    /// <exception cref="RunFailedException">It cannot come to that any more.</exception>
    Task CollectedAsync(CancellationToken stop);

    /// <summary>Has a change in the owner's folder brought over: where nobody watches, a person would start it.</summary>
    Task BringChangesAsync(OwnerFolder owner, CancellationToken stop);

    /// <summary>Where the collector keeps this owner's files.</summary>
    string CollectedFrom(OwnerFolder owner);

    /// <summary>Stops all processes as a user would.</summary>
    Task StopAsync();
}
