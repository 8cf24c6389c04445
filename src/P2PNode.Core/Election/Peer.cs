namespace P2PNode.Core.Election;

/// <summary>What a node knows of one other node.</summary>
internal sealed class Peer(NodeId id)
{
    public NodeId Id { get; } = id;

    public bool IsLinked { get; private set; }

    /// <summary>How the last link or attempt ended; null where none is known of that still tells something.</summary>
    public LinkEnd? End { get; private set; }

    /// <summary>When that was found.</summary>
    public TimeSpan EndedAt { get; private set; }

    /// <summary>How often it beats when it leads, by its own word.</summary>
    public TimeSpan Heartbeat { get; private set; }

    /// <summary>When the peer was last heard; a new link counts.</summary>
    public TimeSpan HeardAt { get; private set; }

    /// <summary>
    /// The highest epoch that the peer has shown on this link. Not beyond it: whoever lost its state, or runs as a second
    /// process with the peer's ID, would speak to nobody who objects.
    /// </summary>
    public Epoch Epoch { get; private set; }

    /// <summary>When the peer last said on this link whom it follows; null before.</summary>
    public TimeSpan? ReportedAt { get; private set; }

    /// <summary>Whom it follows by that report, or as it said when it had no room for a link.</summary>
    public NodeId? Follows { get; private set; }

    /// <summary>Since when the present link has been there.</summary>
    public TimeSpan LinkedSince { get; private set; }

    /// <summary>Since when a node without a leader would look for it; null while it would not.</summary>
    public TimeSpan? SoughtSince { get; set; }

    /// <summary>Whether nothing is known against a link with it coming about.</summary>
    public bool IsOpen => !IsLinked && End is null or LinkEnd.NotNeeded;

    /// <summary>Whether the driver was asked to drop the present link.</summary>
    public bool IsDropped { get; set; }

    public void Linked(TimeSpan now, TimeSpan heartbeat)
    {
        Forget();
        (IsLinked, LinkedSince, HeardAt, Heartbeat, Epoch) = (true, now, now, heartbeat, default);
    }

    public void Unlinked(TimeSpan now, LinkEnd end, NodeId? follows)
    {
        Forget();
        (End, EndedAt, Follows) = (end, now, follows);
    }

    public void Heard(TimeSpan now, Epoch epoch) => (HeardAt, Epoch) = (now, epoch);

    public void Reported(TimeSpan now, NodeId? leader) => (ReportedAt, Follows) = (now, leader);

    /// <summary>What is known of a peer without a link is old: it may have come back since the last attempt.</summary>
    public void ForgetEnd()
    {
        End = null;
        if (!IsLinked)
            Follows = null;
    }

    private void Forget()
    {
        (IsLinked, IsDropped, End) = (false, false, null);
        (ReportedAt, Follows) = (null, null);
    }
}
