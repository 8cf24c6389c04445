namespace P2PNode.Transport;

/// <summary>How a link came to its end.</summary>
public enum LinkEnding
{
    /// <summary>The peer closed it on purpose, because its process stops.</summary>
    PeerStopped,

    /// <summary>The same, after it had handed its files over.</summary>
    PeerLeft,

    /// <summary>One side closed it because the two need no link.</summary>
    NotNeeded,

    /// <summary>The peer ended it, as it has no room for it: the lowest ID took it, or others did while the peer dialled.</summary>
    NoRoom,

    /// <summary>This node did so.</summary>
    MadeRoom,

    /// <summary>Another link between the two took over.</summary>
    Replaced,

    /// <summary>The connection broke.</summary>
    Lost,

    /// <summary>The peer sent nothing, or took nothing, for too long.</summary>
    Silent,

    /// <summary>The peer broke the protocol, or says that this node did.</summary>
    Violation,

    /// <summary>The certificate of one of the two counts no more.</summary>
    Revoked,

    /// <summary>This node stops.</summary>
    Stopped,
}
