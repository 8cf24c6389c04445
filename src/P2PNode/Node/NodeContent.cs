using P2PNode.Core;
using P2PNode.Files;
using P2PNode.Transfer;

namespace P2PNode.Node;

/// <summary>All bytes that this node can give: its own space, and its copies of others' files.</summary>
internal sealed class NodeContent(NodeId self, NodeFolder folder, CopyStore copies) : IContentSource
{
    public OpenedFile? Open(NodeId owner, FilePath path) =>
        owner == self ? folder.Files.OpenRead(path.Value) : copies.OpenCopy(owner, path);

    public FileStamp StampOf(NodeId owner, FilePath path) =>
        owner == self ? folder.Files.StampOf(path.Value) : folder.Files.StampOf(NodeFolder.CopyName(owner, path));
}
