using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Protocol;

namespace P2PNode.Node;

/// <summary>
/// What a node that leaves sees at one moment, and what follows from it: to whom it hands over, what is still in its way,
/// and whether it may go. Immutable; no I/O.
/// </summary>
internal sealed record Handover
{
    public required NodeId Self { get; init; }

    public required Leadership Now { get; init; }

    /// <summary>Who lives, this node included, ascending.</summary>
    public required IReadOnlyList<NodeId> Alive { get; init; }

    /// <summary>Whether the own space was looked through since the node began to leave.</summary>
    public bool IsScanned { get; init; }

    /// <summary>Files of the own space that are not offered as they are.</summary>
    public int Unoffered { get; init; }

    /// <summary>The digest of all that the node lists.</summary>
    public ListingDigest Own { get; init; }

    /// <summary>What the custodian said last; null where it said nothing under this leadership.</summary>
    public CustodyWord? Word { get; init; }

    /// <summary>Copies of absent owners' files that the custodian lacks; null where nobody has looked since it has all that is this node's.</summary>
    public int? OthersMissing { get; init; }

    /// <summary>Whether <see cref="Word"/> answers a question that was put after <see cref="OthersMissing"/> was found to be none.</summary>
    public bool IsConfirmed { get; init; }

    /// <summary>To whom the node hands over: a follower to its leader, the leader to its successor. Null where there is nobody.</summary>
    public NodeId? Custodian => Now.Leads ? Alive.Where(id => id != Self).Cast<NodeId?>().FirstOrDefault() : Now.Leader;

    /// <summary>Whether all that the node lists at this moment is with the custodian.</summary>
    public bool OwnIsKept => IsScanned && Unoffered == 0 && Word is { Digest: { } kept } && Word.Epoch == Now.Epoch.Value && kept == Own;

    /// <summary>Whether the node may go.</summary>
    public bool IsDone => Custodian is not null && OwnIsKept && OthersMissing == 0 && IsConfirmed;

    /// <summary>Why the node cannot leave, now or later; null where it may yet.</summary>
    public string? Refusal => Now.Leads && Custodian is null
        ? $"Node {Self} is alone: nobody can take its files over; stop it with Ctrl-C, its files stay in its folder."
        : null;

    /// <summary>What is still to be handed over, and what the node waits for.</summary>
    public LeaveProgress Progress
    {
        get
        {
            if (Custodian is not { } custodian)
                return new LeaveProgress(null, 0, 0, "there is no leader to hand over to");
            if (!IsScanned)
                return new LeaveProgress(custodian, 0, 0, "its own folder is looked through");
            if (Word is not { } word || word.Epoch != Now.Epoch.Value)
                return new LeaveProgress(custodian, Unoffered, 0, $"node {custodian} has not answered yet");
            if (Unoffered > 0)
                return new LeaveProgress(custodian, Unoffered + word.MissingFiles, word.MissingBytes, $"{Files(Unoffered)} changed just now and cannot be offered yet");
            if (word.MissingFiles > 0 || word.Reasons.Length > 0)
                return new LeaveProgress(custodian, word.MissingFiles, word.MissingBytes, word.Reasons is [var first, ..] ? first.Reason : null);
            if (!OwnIsKept)
                return new LeaveProgress(custodian, 0, 0, $"node {custodian} has yet to take in what this one lists");
            return OthersMissing is > 0 and var others
                ? new LeaveProgress(custodian, others, 0, "copies of files whose owners are away")
                : new LeaveProgress(custodian, 0, 0, null);
        }
    }

    private static string Files(int count) => count == 1 ? "1 file" : $"{count} files";
}
