using P2PNode.Core;
using P2PNode.Files;
using P2PNode.Transfer;
using Serilog;

namespace P2PNode.Node;

/// <summary>All bytes that this node can give: its own space, and its copies of others' files.</summary>
internal sealed class NodeContent(NodeId self, BeneathFolder own, CopyStore copies, ILogger log) : IContentSource
{
    public OpenedFile? Open(NodeId owner, FilePath path)
    {
        try
        {
            return owner == self ? own.OpenRead(path.Value) : copies.OpenCopy(owner, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.CannotServe(owner, path, e.Message);
            return null;
        }
    }
}
