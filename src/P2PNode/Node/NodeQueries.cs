using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Core.Membership;

namespace P2PNode.Node;

/// <summary>What the local endpoint may want of a running node. Safe to call from any thread.</summary>
public interface INodeQueries
{
    /// <summary>The node's own view of the network at this moment; never waits.</summary>
    StatusReport Status();

    /// <summary>All members that the node knows, itself included, ascending by ID.</summary>
    IReadOnlyList<MemberReport> Members();

    /// <summary>Files of the leader's catalogue.</summary>
    /// <param name="query">Which, and in what order.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <exception cref="NoLeaderException">No leader answered in time.</exception>
    ValueTask<FilesReport> FilesAsync(FileQuery query, CancellationToken ct);

    /// <summary>Fetches files, and tells step by step how far it is; whoever stops to listen ends the fetch.</summary>
    /// <exception cref="GetException">Something was not found, or is not unique: nothing is fetched.</exception>
    /// <exception cref="NoLeaderException">No leader answered in time.</exception>
    IAsyncEnumerable<GetLine> GetAsync(GetRequest request, CancellationToken ct);

    /// <summary>Links with the node that listens at an address, whoever it is, and so learns of its network.</summary>
    /// <exception cref="Protocol.PeerException">There is no link, and why.</exception>
    /// <exception cref="NoLeaderException">The node is only just starting.</exception>
    Task<ConnectReport> ConnectAsync(NodeAddress address, CancellationToken ct);

    /// <summary>Dials each address once that the node knows of others, and says what came of it; takes at most 8 s.</summary>
    /// <exception cref="NoLeaderException">The node is only just starting.</exception>
    Task<IReadOnlyList<ReachReport>> DiagnoseAsync(CancellationToken ct);

    /// <summary>Has the node look through its own space and its copies soon, for changes that the system did not report.</summary>
    /// <param name="acceptLoss">
    /// A person says that the files that are missing are gone for good, however many they are, and that the folder is the
    /// right one though its marker is missing.
    /// </param>
    /// <exception cref="NoLeaderException">The node is only just starting.</exception>
    /// <exception cref="RescanRefusedException">A loss is accepted of a folder that is not the one that the node began with.</exception>
    void Rescan(bool acceptLoss);

    /// <summary>Says something to all live nodes, each of which shows it once; returns as soon as it is on its way.</summary>
    /// <exception cref="SayRefusedException">The text cannot go round, or too many have of late.</exception>
    /// <exception cref="NoLeaderException">The node is only just starting.</exception>
    ValueTask<SayReport> SayAsync(string text, CancellationToken ct);

    /// <summary>Tells people that another process was started on this node's folder, and refused by its lock.</summary>
    /// <param name="process">The other's process ID, as it says.</param>
    void NoteRefusedStart(int process);
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

/// <summary>A node does not say a text to the others; the message is one sentence.</summary>
/// <param name="message">Why.</param>
/// <param name="isUsage">Whether no node would say it, at no time.</param>
public sealed class SayRefusedException(string message, bool isUsage) : Exception(message)
{
    public bool IsUsage => isUsage;

    /// <summary>Why no node says a text; null where it does.</summary>
    public static string? ProblemOf(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return "There is nothing to say: give a text.";
        var bytes = System.Text.Encoding.UTF8.GetByteCount(text);
        return bytes > OverlayOptions.MostTextBytes ? $"The text has {bytes} bytes, and at most {OverlayOptions.MostTextBytes} may go round: say less, or share a file." : null;
    }
}
