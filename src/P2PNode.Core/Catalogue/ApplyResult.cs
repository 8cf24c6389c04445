using System.Collections.Immutable;

namespace P2PNode.Core.Catalogue;

/// <summary>What became of a batch that a subscriber received.</summary>
public abstract record ApplyResult
{
    private protected ApplyResult() { }

    /// <summary>From where on to ask the sender again; null if there is nothing to ask.</summary>
    public virtual ListingPosition? AskAgainFrom => null;
}

/// <summary>The batch is part of the replica now, or of a snapshot that is not whole yet and then changes nothing.</summary>
/// <param name="Changes">What changed, in order; for a snapshot the difference from what was there before, each path once.</param>
public sealed record Applied(ImmutableArray<EntryChange> Changes) : ApplyResult
{
    /// <summary>Whether the batch continued the list that was here, so that it does so for all who have that list.</summary>
    public bool Continues { get; init; }

    /// <summary>Whether the batch is part of a snapshot that is not whole yet: nothing changed.</summary>
    public bool IsUnfinished { get; init; }

    /// <summary>Whether the list that is here now is of another life than the one before, or the first.</summary>
    public bool BeginsList { get; init; }
}

/// <summary>The batch does not continue what the replica has. Ask the owner for what comes after its position.</summary>
public sealed record Gap(ListingPosition Have) : ApplyResult
{
    public override ListingPosition? AskAgainFrom => Have;
}

/// <summary>
/// The batch does not lead from the list that is here to the one that its owner has: they went apart before. Ask for a
/// snapshot, that is for what comes after <see cref="ListingPosition.Start"/>.
/// </summary>
/// <param name="Reason">How it showed, as a sentence without capital and full stop.</param>
public sealed record Diverged(string Reason) : ApplyResult
{
    public override ListingPosition? AskAgainFrom => ListingPosition.Start;
}

/// <summary>No correct owner sends this batch, whatever list is here.</summary>
/// <param name="Reason">What is wrong, as a sentence without capital and full stop.</param>
public sealed record Refused(string Reason) : ApplyResult;

/// <summary>How one path changed.</summary>
/// <param name="Before">What was listed; null if nothing was.</param>
/// <param name="After">What is listed now; null if nothing is.</param>
public readonly record struct EntryChange(FileEntry? Before, FileEntry? After)
{
    public FilePath Path => (After ?? Before)!.Path;
}
