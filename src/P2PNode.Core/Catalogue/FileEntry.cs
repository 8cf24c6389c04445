namespace P2PNode.Core.Catalogue;

/// <summary>What an entry of a listing stands for.</summary>
public enum EntryKind
{
    File = 0,

    /// <summary>A folder with nothing in it that is listed; its size is 0 and its root all zero.</summary>
    EmptyFolder = 1,

    /// <summary>The path is no longer offered. Occurs in batches only, never in the list itself.</summary>
    Removed = 2,
}

/// <summary>One line of a listing: a file or an empty folder that its owner offers. Immutable.</summary>
public sealed record FileEntry
{
    public required FilePath Path { get; init; }

    public required EntryKind Kind { get; init; }

    /// <summary>Bytes; never negative.</summary>
    public long Size { get; init; }

    /// <summary>Time of the last change in ticks of 100 ns since 0001-01-01 UTC, as <see cref="DateTime.Ticks"/>.</summary>
    public long MtimeTicks { get; init; }

    /// <summary>Whether its owner may execute it.</summary>
    public bool Executable { get; init; }

    public ContentRoot Root { get; init; }

    /// <summary>The number of the change that brought this entry; unique in its listing, from 1.</summary>
    public long Seq { get; init; }
}
