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

    /// <summary>The seed whose folder it is; null where it is none's.</summary>
    /// <inheritdoc cref="Find" path="/param"/>
    public static NodeId? FindSeed(string folder) =>
        IdentityFolder.OfNode(folder).LoadIfUsable() is { Name.Role: NameRole.Seed } identity ? identity.Name.Id : null;

    private static NodeId? Kept(string folder)
    {
        try
        {
            return Read(folder);
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

    /// <summary>The node that ran in a folder last; null where none ever did.</summary>
    /// <exception cref="InvalidDataException">What is kept is no one node's ID.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    internal static NodeId? Read(string folder)
    {
        var file = File(folder);
        return file.Read() switch
        {
            null => null,
            [> 0 and <= int.MaxValue and var id] => new NodeId((int)id),
            _ => throw new InvalidDataException($"{file.Path} is damaged: it should hold the ID of one node."),
        };
    }

    /// <summary>Where the ID is kept.</summary>
    internal static DurableNumbers File(string folder) => new(Path.Combine(folder, ".p2pnode", "node"));
}
