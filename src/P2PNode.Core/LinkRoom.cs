namespace P2PNode.Core;

/// <summary>Which links a node keeps that may not have as many as it finds peers (<c>maxPeers</c>).</summary>
public static class LinkRoom
{
    /// <summary>
    /// Whether there is room for a link with a peer that has none. First come, first served, but for the lowest ID of all:
    /// it is the one to lead, so nobody refuses it. Whoever is refused therefore knows that a lower ID than its own lives.
    /// </summary>
    /// <param name="self">The node.</param>
    /// <param name="most">How many links it has at most, one at least.</param>
    /// <param name="linked">With whom it has links.</param>
    /// <param name="peer">Who wants one, or is to be asked for one.</param>
    /// <param name="leaves">Whose link has to end for that; null where none has.</param>
    public static bool HasRoom(NodeId self, int most, IReadOnlyCollection<NodeId> linked, NodeId peer, out NodeId? leaves)
    {
        leaves = null;
        if (linked.Count < most)
            return true;
        if (peer > self || linked.Any(other => other < peer))
            return false;
        leaves = linked.Max();
        return true;
    }
}
