namespace P2PNode.Core.Membership;

/// <summary>Who may listen at an address of the local network, as an announcement said.</summary>
public sealed class Candidate
{
    internal Candidate(NodeId id, NodeAddress address) => (Id, Address) = (id, address);

    public NodeId Id { get; }

    public NodeAddress Address { get; }

    /// <summary>What it said last.</summary>
    public Announcement Said { get; internal set; }

    /// <summary>When that was heard.</summary>
    public TimeSpan HeardAt { get; internal set; }

    /// <summary>Whether it has answered there, and was who it said.</summary>
    public bool IsVerified { get; internal set; }

    /// <summary>When it may be dialled.</summary>
    internal TimeSpan DueAt { get; set; }

    /// <summary>Dials that failed, since it was last verified or began anew.</summary>
    internal int Failures { get; set; }

    internal bool IsDialled { get; set; }
}
