using System.Security.Cryptography;
using P2PNode.Core;

namespace P2PNode.Node;

/// <summary>Chooses the ID of a node that nobody numbered.</summary>
public static class RandomNodeId
{
    /// <summary>Any of the 2³¹ − 1 IDs with the same chance, from a source that nobody can foresee: low IDs lead.</summary>
    /// <param name="isTaken">Whether another node has an ID already.</param>
    public static NodeId Choose(Func<NodeId, bool> isTaken)
    {
        while (true)
        {
            var id = new NodeId(RandomNumberGenerator.GetInt32(int.MaxValue) + 1);
            if (!isTaken(id))
                return id;
        }
    }
}
