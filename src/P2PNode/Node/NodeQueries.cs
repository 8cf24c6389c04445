namespace P2PNode.Node;

/// <summary>What the local endpoint may want of a running node. Safe to call from any thread.</summary>
public interface INodeQueries
{
    /// <summary>The node's own view of the network at this moment; never waits.</summary>
    StatusReport Status();

    /// <summary>All members that the node knows, itself included, ascending by ID.</summary>
    IReadOnlyList<MemberReport> Members();

    /// <summary>The leader's catalogue, ordered by owner, then path.</summary>
    /// <param name="pattern">A text or glob that the path must match, in any case; null for everything.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <exception cref="NoLeaderException">No leader answered in time.</exception>
    ValueTask<FilesReport> FilesAsync(string? pattern, CancellationToken ct);

    /// <summary>Has the node look through its own space and its copies soon, for changes that the system did not report.</summary>
    /// <param name="acceptLoss">
    /// A person says that the files that are missing are gone for good, however many they are, and that the folder is the
    /// right one though its marker is missing.
    /// </param>
    /// <exception cref="NoLeaderException">The node is only just starting.</exception>
    /// <exception cref="RescanRefusedException">A loss is accepted of a folder that is not the one that the node began with.</exception>
    void Rescan(bool acceptLoss);
}

/// <summary>No leader was there to answer in time. The node lives on; asking again later may succeed.</summary>
public sealed class NoLeaderException(string message, Exception? inner = null) : Exception(message, inner)
{
    public NoLeaderException()
        : this("There is no leader at the moment.")
    {
    }
}

/// <summary>A node cannot do as it was told; the message is one sentence.</summary>
public sealed class RescanRefusedException(string message) : Exception(message);
