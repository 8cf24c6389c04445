using System.Collections.Immutable;
using P2PNode.Core;

namespace P2PNode.Node;

/// <summary>Which files a node is to fetch, and where to.</summary>
public sealed record GetRequest
{
    /// <summary>As people type it: a path or a name, a folder with a '/' at its end, a glob; each with or without NODE2/.</summary>
    public IReadOnlyList<string> What { get; init => field = value ?? []; } = []; // A document may leave it out.

    /// <summary>Everything that other nodes offer.</summary>
    public bool All { get; init; }

    /// <summary>The absolute path to write to instead of the node's own copies; null for those.</summary>
    public string? Output { get; init; }

    /// <summary>Whether <see cref="Output"/> is a folder to write into.</summary>
    public bool OutputIsFolder { get; init; }

    /// <summary>Whether existing files at the output are replaced.</summary>
    public bool Force { get; init; }
}

/// <summary>What became of one file.</summary>
public enum GetResult
{
    /// <summary>It came over the network, or was written to the place that was named.</summary>
    Fetched,

    /// <summary>The node had it already, in the version that is listed, and it was not wanted elsewhere.</summary>
    Here,

    /// <summary>It is a file of the node's own space, and was not wanted elsewhere.</summary>
    Own,
    Failed,
}

/// <summary>One step of a fetch; exactly one of its members is set. The last line has <see cref="Totals"/>.</summary>
public sealed record GetLine
{
    public GetPlan? Plan { get; init; }

    public GetProgress? Progress { get; init; }

    public GetOutcome? File { get; init; }

    public GetTotals? Totals { get; init; }
}

/// <summary>How much is asked for.</summary>
public sealed record GetPlan(int Files, long Bytes);

/// <summary>How far a fetch is.</summary>
/// <param name="Files">Files that are settled and did not fail.</param>
/// <param name="Bytes">Bytes of these, and of what is on its way those that are here.</param>
/// <param name="Transfers">What is on its way.</param>
public sealed record GetProgress(int Files, long Bytes, ImmutableArray<TransferReport> Transfers);

/// <summary>One file that is settled.</summary>
public sealed record GetOutcome
{
    public required NodeId Peer { get; init; }

    public required string Path { get; init; }

    public required long Size { get; init; }

    public required GetResult Result { get; init; }

    /// <summary>Where it lies, absolute; null where it failed.</summary>
    public string? SavedAs { get; init; }

    /// <summary>Why it failed; completes "…: ".</summary>
    public string? Reason { get; init; }

    /// <summary>Whether every node that has it refused to give it.</summary>
    public bool Refused { get; init; }

    /// <summary>Whether it was written from what lay here already, the node's copy or its own file.</summary>
    public bool FromHere { get; init; }
}

/// <summary>How a fetch ended.</summary>
/// <param name="Fetched">Files that came over the network, or were written to the place that was named.</param>
/// <param name="Bytes">Their sizes.</param>
/// <param name="Failed">Files that could not be had.</param>
/// <param name="Seconds">How long it took.</param>
public sealed record GetTotals(int Fetched, long Bytes, int Failed, double Seconds);

/// <summary>A whole fetch in one document.</summary>
public sealed record GetReport(IReadOnlyList<GetOutcome> Files, GetTotals Totals);

/// <summary>One of several things that may be meant: a file, or a folder with a '/' at the end of its path.</summary>
public sealed record GetCandidate(NodeId Peer, string Path);

/// <summary>A file on its way to this node, or from it to another.</summary>
/// <param name="File">The owner and the path, as <c>NODE2/docs/a.txt</c>.</param>
/// <param name="From">The nodes that give it.</param>
/// <param name="To">The node that takes it.</param>
/// <param name="Done">Bytes that are here and verified; of a file that this node gives, those that went.</param>
/// <param name="Size">Bytes of the file.</param>
/// <param name="Rate">Bytes a second, lately.</param>
public sealed record TransferReport(string File, ImmutableArray<NodeId> From, NodeId To, long Done, long Size, long Rate);

/// <summary>Why nothing was fetched.</summary>
public enum GetFault
{
    NotFound,
    Ambiguous,

    /// <summary>What was asked for makes no sense.</summary>
    Usage,
}

/// <summary>Nothing was fetched; the message says why, for a person.</summary>
public sealed class GetException(GetFault fault, string message, IReadOnlyList<GetCandidate>? candidates = null) : Exception(message)
{
    public GetFault Fault { get; } = fault;

    /// <summary>All that may be meant, where several things may.</summary>
    public IReadOnlyList<GetCandidate> Candidates { get; } = candidates ?? [];
}
