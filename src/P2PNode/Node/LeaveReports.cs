using P2PNode.Core;

namespace P2PNode.Node;

/// <summary>One step of leaving; exactly one of its members is set. The last line has <see cref="Left"/>.</summary>
public sealed record LeaveLine
{
    public LeaveProgress? Progress { get; init; }

    public LeftReport? Left { get; init; }
}

/// <summary>How far a node that leaves is.</summary>
/// <param name="Custodian">Who takes its files over; null while there is nobody.</param>
/// <param name="Files">What is known to be still to hand over.</param>
/// <param name="Bytes">The size of these files, as far as it is known.</param>
/// <param name="Reason">What the node waits for; null while all goes well.</param>
public sealed record LeaveProgress(NodeId? Custodian, int Files, long Bytes, string? Reason);

/// <summary>A node has handed everything over and stops.</summary>
/// <param name="Id">The node.</param>
/// <param name="Custodian">Who has its files now.</param>
/// <param name="Files">Its own files.</param>
/// <param name="Bytes">Their size.</param>
/// <param name="CopiesOfOthers">The files of absent owners that it kept copies of and handed over too.</param>
/// <param name="NotShared">How many files of its folder cannot travel and are with nobody else.</param>
public sealed record LeftReport(NodeId Id, NodeId Custodian, int Files, long Bytes, int CopiesOfOthers, int NotShared);

/// <summary>Why a node goes on that was told to leave.</summary>
public enum LeaveFault
{
    /// <summary>It cannot leave: nobody is there, or who is there takes no files over.</summary>
    Refused,

    /// <summary>There was no leader all the time.</summary>
    NoLeader,

    /// <summary>Not everything was handed over in time.</summary>
    Incomplete,
}

/// <summary>A node that was told to leave goes on; the message is one sentence.</summary>
public sealed class LeaveException(LeaveFault fault, string message) : Exception(message)
{
    public LeaveFault Fault => fault;
}
