using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Protocol;

namespace P2PNode.Transfer;

/// <summary>What a download needs from those whom it serves, and tells them. Called from many loops at once.</summary>
internal interface IDownloading
{
    /// <summary>The live nodes that may give this version of a file, the best first.</summary>
    IReadOnlyList<NodeId> HoldersOf(FileEntry entry);

    /// <summary>A bulk link to a holder; null while there is none to be had.</summary>
    Task<BulkClient?> ConnectAsync(NodeId holder, CancellationToken stop);

    /// <summary>Files are in place, whole, verified and durable.</summary>
    void Stored(IReadOnlyList<FileEntry> files);

    /// <summary>A file came to its place though it was taken out of the download while it was on its way.</summary>
    void StoredInVain(FilePath path);

    /// <summary>Files could not be had; they are tried again later, and not told again for the same reason.</summary>
    void Failed(IReadOnlyCollection<(FileEntry File, string Reason)> failures);

    /// <summary>So many pieces of a large file lie here already, from an earlier attempt or in its last version.</summary>
    void Recalled(FileEntry file, int pieces, int of);

    /// <summary>A bulk link ended, and why; perhaps by the fault of the holder.</summary>
    void LinkLost(NodeId holder, PeerException reason);
}
