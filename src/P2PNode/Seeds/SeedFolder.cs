using P2PNode.Files;
using P2PNode.Node;
using P2PNode.Security;

namespace P2PNode.Seeds;

/// <summary>The folder of one seed, held by this process alone until disposed.</summary>
public sealed class SeedFolder : IDisposable
{
    private readonly IDisposable _lock;

    private SeedFolder(string root, IDisposable held) => (Root, _lock) = (root, held);

    public string Root { get; }

    /// <summary>Where each registration and each death is told.</summary>
    public string LogFile => Path.Combine(Root, "seed.log");

    internal string State => StateOf(Root);

    /// <summary>Who is registered.</summary>
    internal string ListFile => Path.Combine(State, "registered");

    /// <summary>Makes what is missing, and locks the folder.</summary>
    /// <exception cref="NodeStartException">It cannot be used; the message says why.</exception>
    public static SeedFolder Open(string root)
    {
        try
        {
            using (NodeFolder.Hold(root))
                RefuseNode(root);
            PrivateFile.CreateFolder(root);
            PrivateFile.CreateFolder(StateOf(root));
            return new SeedFolder(root, NodeFolder.Lock(root));
        }
        catch (FolderInUseException e)
        {
            throw new NodeStartException($"The folder {root} is in use by a seed or a node that runs on this machine; name another one with --folder.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NodeStartException($"The seed cannot use the folder {root}: {e.Message}", e);
        }
    }

    public void Dispose() => _lock.Dispose();

    /// <exception cref="NodeStartException">It is a node's folder.</exception>
    private static void RefuseNode(string root)
    {
        if (FolderOwner.Find(root) is { } node)
            throw new NodeStartException($"The folder {root} is that of node {node}; name another one with --folder.");
    }

    private static string StateOf(string root) => Path.Combine(root, ".p2pnode");
}
