using System.Collections.Immutable;

namespace P2PNode.Core.Catalogue;

/// <summary>What became of a batch that a subscriber received.</summary>
public abstract record ApplyResult
{
    private protected ApplyResult() { }
}

/// <summary>The batch is part of the replica now, or of a snapshot that is not whole yet and then changes nothing.</summary>
/// <param name="Changes">What changed, each path once; for a snapshot the difference from what was there before.</param>
public sealed record Applied(ImmutableArray<EntryChange> Changes) : ApplyResult;

/// <summary>The batch does not continue what the replica has. Ask the owner for what comes after its position.</summary>
public sealed record Gap(ListingPosition Have) : ApplyResult;

/// <summary>
/// The list that the batch makes is not the one that its owner has. Ask for a snapshot, that is for what comes after
/// <see cref="ListingPosition.Start"/>.
/// </summary>
public sealed record Diverged : ApplyResult;

/// <summary>No correct owner sends this batch.</summary>
/// <param name="Reason">What is wrong, as the start of a sentence without its full stop.</param>
public sealed record Refused(string Reason) : ApplyResult;

/// <summary>How one path changed.</summary>
/// <param name="Before">What was listed; null if nothing was.</param>
/// <param name="After">What is listed now; null if nothing is.</param>
public readonly record struct EntryChange(FileEntry? Before, FileEntry? After)
{
    public FilePath Path => (After ?? Before)!.Path;
}
