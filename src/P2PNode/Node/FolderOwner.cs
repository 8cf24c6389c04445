using P2PNode.Core;
using P2PNode.Security;

namespace P2PNode.Node;

/// <summary>Tells whose a folder is, from what a node left in it.</summary>
public static class FolderOwner
{
    /// <summary>The node that the folder's identity names, else the one that ran in it last; null where none ever did.</summary>
    /// <param name="folder">The node's folder, absolute; it need not exist.</param>
    public static NodeId? Find(string folder)
    {
        if (IdentityFolder.OfNode(folder).LoadIfUsable() is { } identity)
            return identity.Name.Id;
        try
        {
            return File(folder).Read() is [> 0 and <= int.MaxValue and var id] ? new NodeId((int)id) : null;
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return null; // The node that starts there says what is wrong.
        }
    }

    /// <summary>Where the ID is kept.</summary>
    internal static DurableNumbers File(string folder) => new(Path.Combine(folder, ".p2pnode", "node"));
}
