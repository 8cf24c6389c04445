using P2PNode.Core;
using P2PNode.Files;

namespace P2PNode.Transfer;

/// <summary>Where the bytes of files come from: this node's own space and the copies that it keeps.</summary>
public interface IContentSource
{
    /// <summary>Opens a file for reading; null where this node has none by that name.</summary>
    /// <exception cref="IOException">The disk failed, or nothing is there any more.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    OpenedFile? Open(NodeId owner, FilePath path);

    /// <summary>The stamp of what is there now by that name, to be compared with that of an opened file.</summary>
    /// <exception cref="IOException">The system could not say.</exception>
    FileStamp StampOf(NodeId owner, FilePath path);
}
