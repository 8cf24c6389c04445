using P2PNode.Core;
using P2PNode.Files;

namespace P2PNode.Transfer;

/// <summary>Where the bytes of files come from: this node's own space and the copies that it keeps.</summary>
public interface IContentSource
{
    /// <summary>Opens a file for reading; null where this node has none by that name, or may not read it.</summary>
    OpenedFile? Open(NodeId owner, FilePath path);
}
