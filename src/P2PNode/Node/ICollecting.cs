using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Transfer;

namespace P2PNode.Node;

/// <summary>What a collection needs from the rest of the node. Called from many loops at once.</summary>
internal interface ICollecting
{
    /// <summary>A bulk link to the owner or, where that is away, to a node that holds the file; null while there is none.</summary>
    Task<BulkClient?> ConnectAsync(NodeId owner, FilePath needed, CancellationToken stop);

    /// <summary>Files are in place, whole, verified and durable; or were so already.</summary>
    void Stored(NodeId owner, IReadOnlyList<FileEntry> files, bool anew);

    /// <summary>The owner offers files no more; the copies are in the trash.</summary>
    void Removed(NodeId owner, IReadOnlyList<FilePath> paths);

    /// <summary>Files could not be had; they are tried again later, and not told again for the same reason.</summary>
    void Failed(NodeId owner, IReadOnlyCollection<(FileEntry File, string Reason)> failures);

    /// <summary>Whether what is absent from this list was deleted by its owner; otherwise its copies are to be kept.</summary>
    bool Continues(NodeId owner, ulong listId);

    /// <summary>All copies now follow this list, durably; of what it lacks so many are kept.</summary>
    void Followed(NodeId owner, ulong listId, int kept);

    /// <summary>The bulk link ended.</summary>
    void LinkLost(NodeId owner, string reason);
}
