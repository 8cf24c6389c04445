namespace P2PNode.Transport;

/// <summary>What a node wants a link for. One link serves all purposes, and lasts as long as any.</summary>
internal enum LinkPurpose
{
    /// <summary>To elect a leader, and to follow it.</summary>
    Election,

    /// <summary>To gossip with a neighbour.</summary>
    Overlay,
}
