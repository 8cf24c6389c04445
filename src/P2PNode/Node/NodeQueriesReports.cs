using System.Collections.Immutable;
using P2PNode.Core;
using P2PNode.Core.Membership;

namespace P2PNode.Node;

/// <summary>What a node is at the moment.</summary>
public enum NodeRole
{
    Leader,
    Follower,
    Electing,
}

/// <summary>A node's view of its network. The first seven members are a contract; the others are for people.</summary>
public sealed record StatusReport
{
    public required NodeId Id { get; init; }

    public required NodeRole Role { get; init; }

    /// <summary>Null while there is none.</summary>
    public required NodeId? Leader { get; init; }

    public required long Epoch { get; init; }

    /// <summary>The nodes that a control link stands to, ascending.</summary>
    public required ImmutableArray<NodeId> Links { get; init; }

    /// <summary>All other members, ascending by ID.</summary>
    public required ImmutableArray<MemberReport> Members { get; init; }

    public required CatalogueReport Catalogue { get; init; }

    public required PendingReport Pending { get; init; }

    /// <summary>Who would lead after the present leader; null where nobody could.</summary>
    public NodeId? Successor { get; init; }

    /// <summary>The leader that others hear and this node cannot reach, so that it has none; null otherwise.</summary>
    public NodeId? OutOfReach { get; init; }

    /// <summary>Whether the leader is out of reach for this node, though others hear it.</summary>
    public bool CannotReachLeader => OutOfReach is not null;

    /// <summary>The node that has no room for this one (<c>maxPeers</c>), so that it has no leader; null otherwise.</summary>
    public NodeId? NoRoomAt { get; init; }

    /// <summary>How many of the owners' listings are in the catalogue in full.</summary>
    public ListingsReport Listings { get; init; } = new(0, 0);

    /// <summary>How many of the node's files went missing at once and are offered still, until a person says that they are gone.</summary>
    public int Missing { get; init; }

    /// <summary>What lies in the node's folder and cannot travel.</summary>
    public ImmutableArray<NotSharedReport> NotShared { get; init; } = [];

    /// <summary>The files that are on their way to this node, and from it to others.</summary>
    public ImmutableArray<TransferReport> Transfers { get; init; } = [];

    /// <summary>The seeds that the node was told of; empty where there are none.</summary>
    public ImmutableArray<SeedStatus> Seeds { get; init; } = [];
}

/// <summary>One seed, as a node sees it.</summary>
/// <param name="Address">Where it listens.</param>
/// <param name="State">Whether the node is registered with it.</param>
/// <param name="Registered">Since when, UTC; null where it is not.</param>
public sealed record SeedStatus(NodeAddress Address, SeedState State, DateTime? Registered);

/// <summary>What a node has to do with a seed.</summary>
public enum SeedState
{
    /// <summary>Enough others are registered with, or it was not yet tried.</summary>
    Idle,

    Registered,

    /// <summary>It did not answer or refused, and is tried again.</summary>
    Unreachable,

    /// <summary>It was revoked; it is tried again, as it may have been let in again.</summary>
    Revoked,
}

/// <summary>One member of the network.</summary>
public sealed record MemberReport
{
    public required NodeId Id { get; init; }

    public required NodeAddress Address { get; init; }

    public required MemberState State { get; init; }

    /// <summary>What the member calls itself; null while that is unknown.</summary>
    public string? Name { get; init; }

    /// <summary>When it was last heard, UTC; null where it never was, for the node itself, and for a live member without a link.</summary>
    public DateTime? LastSeen { get; init; }
}

/// <summary>The size of the network's catalogue: the leader's, at a follower too.</summary>
public sealed record CatalogueReport(int Files, long Bytes);

/// <summary>What this node has yet to collect.</summary>
public sealed record PendingReport(int Files, long Bytes)
{
    /// <summary>Why files wait longer than they should, most frequent first; empty while all goes well.</summary>
    public ImmutableArray<PendingReason> Reasons { get; init; } = [];
}

/// <summary>A reason that keeps files from being collected.</summary>
public sealed record PendingReason(string Reason, int Files);

/// <summary>How many of the expected listings are complete.</summary>
public sealed record ListingsReport(int Complete, int Expected);

/// <summary>A local name that cannot travel; the reason completes "…: ".</summary>
public sealed record NotSharedReport(string Path, string Reason);

/// <summary>The answer to a question for files.</summary>
/// <param name="Files">The rows that match, in the order and number that was asked for.</param>
/// <param name="Listings">How much of the network's listings the answer rests on.</param>
/// <param name="Found">How many files match, be they among the rows or not.</param>
public sealed record FilesReport(IReadOnlyList<FileReport> Files, ListingsReport Listings, int Found);

/// <summary>One file of the catalogue; also one line of <c>peer_files.log</c>.</summary>
public sealed record FileReport
{
    /// <summary>The owner.</summary>
    public required NodeId Peer { get; init; }

    /// <summary>The path below the owner's folder, '/' between the parts.</summary>
    public required string Path { get; init; }

    /// <summary>The last part of the path.</summary>
    public required string Name { get; init; }

    public required long Size { get; init; }

    public required ContentRoot Root { get; init; }

    /// <summary>The time of the last change, UTC.</summary>
    public required DateTime Mtime { get; init; }

    public required ImmutableArray<HolderReport> Holders { get; init; }
}

/// <summary>A node that has the content of a file, verified, and where it listens.</summary>
public sealed record HolderReport(NodeId Id, NodeAddress Address);

/// <summary>A node that was linked with because a person named its address.</summary>
/// <param name="Id">Who answered.</param>
/// <param name="Address">Where it says it listens.</param>
public sealed record ConnectReport(NodeId Id, NodeAddress Address);

/// <summary>A text for all nodes, as a command hands it to the one that is to say it.</summary>
public sealed record SayRequest(string Text);

/// <summary>What was said to all nodes, and by which.</summary>
public sealed record SayReport(NodeId Id, string Text);

/// <summary>What came of dialling an address once.</summary>
public enum Reach
{
    Reachable,

    /// <summary>The network or the host cannot be reached, or no host has that name.</summary>
    NoRoute,

    /// <summary>The host answers that nobody listens there.</summary>
    Refused,

    TimedOut,

    /// <summary>A node of another network listens there.</summary>
    OtherNetwork,

    /// <summary>One side does not take the other's certificate.</summary>
    BadCertificate,

    /// <summary>Another node of this network listens there.</summary>
    OtherNode,

    /// <summary>It takes no more links.</summary>
    Full,

    /// <summary>One side reaches the other, or hears its announcements, but not the other way round.</summary>
    OneWay,

    /// <summary>It refuses this node for another reason.</summary>
    Rejected,

    /// <summary>The connection broke, or what listens there does not speak the protocol.</summary>
    Failed,
}

/// <summary>Where an address of a node is known from.</summary>
public enum AddressSource
{
    Configured,
    Remembered,
    Discovered,

    /// <summary>It is that of a seed, by nodes.json or the command line.</summary>
    Seed,
}

/// <summary>Why a node or a seed can be reached at an address, or cannot.</summary>
/// <param name="Id">Who is said to listen there; null for a seed, whose number nobody knows.</param>
/// <param name="Address">Where.</param>
/// <param name="Sources">Who says so.</param>
/// <param name="Result">What came of it.</param>
/// <param name="Detail">The same for people.</param>
/// <param name="Milliseconds">How long it took; null where it was not tried.</param>
public sealed record ReachReport(NodeId? Id, NodeAddress Address, ImmutableArray<AddressSource> Sources, Reach Result, string Detail, int? Milliseconds);
