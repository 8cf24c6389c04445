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
        return IdentityFolder.OfNode(folder).LoadIfUsable() is { Name.Role: NameRole.Node } identity ? identity.Name.Id : Kept(folder);
    }

    private static NodeId? Kept(string folder)
    {
        try
        {
            return File(folder).Read() is [> 0 and <= int.MaxValue and var id] ? new NodeId((int)id) : null;
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return null; // The node that starts there says what is wrong.
        }
    }

    /// <summary>
    /// Looks whether a folder is a seed's or another node's, and writes nothing. Who has joined a network is told by the
    /// identity, all others by the ID that is kept: an identity of this machine alone gives way.
    /// </summary>
    /// <exception cref="NodeStartException">It is.</exception>
    internal static void Check(string folder, NodeId id)
    {
        var kept = IdentityFolder.OfNode(folder).LoadIfUsable();
        if (kept is { Name: { Role: NameRole.Seed, Id: var seed } })
            throw new NodeStartException($"The folder {folder} is that of seed {seed}; give node {id} another one with --folder.");
        var isJoined = kept is not null && !NetworkAuthority.IsLocalAuthority(kept.Authority);
        if ((isJoined ? kept!.Name.Id : Kept(folder)) is { } other && other != id)
            throw new NodeStartException($"The folder {folder} is that of node {other}; give node {id} another one, or run node {other} with it.");
    }

    /// <summary>Where the ID is kept.</summary>
    internal static DurableNumbers File(string folder) => new(Path.Combine(folder, ".p2pnode", "node"));
}
