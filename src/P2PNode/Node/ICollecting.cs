using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Protocol;
using P2PNode.Transfer;

namespace P2PNode.Node;

/// <summary>What a collection needs from the rest of the node. Called from many loops at once.</summary>
internal interface ICollecting
{
    /// <summary>The live nodes that have this version of an owner's file: the owner first.</summary>
    IReadOnlyList<NodeId> HoldersOf(NodeId owner, FileEntry entry);

    /// <summary>A bulk link to a holder; null while there is none to be had.</summary>
    Task<BulkClient?> ConnectAsync(NodeId holder, CancellationToken stop);

    /// <summary>Files are in place, whole, verified and durable; or were so already.</summary>
    void Stored(NodeId owner, IReadOnlyList<FileEntry> files, bool anew);

    /// <summary>The owner offers files no more; the copies are in the trash.</summary>
    void Removed(NodeId owner, IReadOnlyList<FilePath> paths);

    /// <summary>Files could not be had; they are tried again later, and not told again for the same reason.</summary>
    void Failed(NodeId owner, IReadOnlyCollection<(FileEntry File, string Reason)> failures);

    /// <summary>Whether what is absent from this list was deleted by its owner; otherwise its copies are to be kept.</summary>
    bool Continues(NodeId owner, ulong listId);

    /// <summary>All copies now follow this list, durably; what it lacks is kept.</summary>
    void Followed(NodeId owner, ulong listId);

    /// <summary>So many pieces of a large file lie here already, from an earlier attempt or in its last version.</summary>
    void Recalled(NodeId owner, FileEntry file, int pieces, int of);

    /// <summary>A bulk link ended, and why; perhaps by the fault of the holder.</summary>
    void LinkLost(NodeId holder, PeerException reason);
}
