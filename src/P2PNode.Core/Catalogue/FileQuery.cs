using System.Collections.Immutable;

namespace P2PNode.Core.Catalogue;

/// <summary>What somebody wants to know of the catalogue's files. Without any condition it is all of them. Immutable.</summary>
public sealed record FileQuery
{
    /// <summary>The most rows that one answer may have.</summary>
    public const int MostRows = ListingLimits.MaxEntries;

    public static readonly FileQuery All = new();

    /// <summary>The paths that are meant, and perhaps their owner.</summary>
    public PathPattern? Pattern { get; init; }

    public NodeId? Owner { get; init; }

    public long MinSize { get; init; }

    public long MaxSize { get; init; } = long.MaxValue;

    /// <summary>Files that changed at this time or later, in ticks as <see cref="FileEntry.MtimeTicks"/>.</summary>
    public long SinceTicks { get; init; }

    /// <summary>Files of this content alone.</summary>
    public ContentRoot? Root { get; init; }

    public FileOrder Order { get; init; }

    public bool Reverse { get; init; }

    /// <summary>How many rows are wanted, the first in order; 1 to <see cref="MostRows"/>.</summary>
    public int Limit { get; init; } = MostRows;

    /// <summary>Whether there is a condition on something else than owner and path.</summary>
    internal bool AsksForMoreThanPath => MinSize > 0 || MaxSize < long.MaxValue || SinceTicks > 0 || Root is not null;

    /// <summary>Whether any file of this owner may be meant.</summary>
    public bool Covers(NodeId owner) => (Owner is null || Owner == owner) && Pattern?.Covers(owner) != false;

    /// <summary>Whether an entry of an owner that is covered is meant. Allocates nothing.</summary>
    public bool Matches(FileEntry entry) =>
        entry.Kind == EntryKind.File
        && entry.Size >= MinSize
        && entry.Size <= MaxSize
        && entry.MtimeTicks >= SinceTicks
        && (Root is null || Root == entry.Root)
        && Pattern?.Matches(entry.Path) != false;
}

/// <summary>What a question found.</summary>
/// <param name="Rows">The rows, in the order that was asked for, as many as were wanted.</param>
/// <param name="Found">How many files match, be they among the rows or not.</param>
public sealed record FoundFiles(ImmutableArray<FileRow> Rows, int Found);
